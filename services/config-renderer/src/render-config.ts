import { bucketKeys } from '@dropforge/pipeline-state';
import {
  configDigest,
  type DatasetFacts,
  explain,
  type Fault,
  formatWhere,
  parseRecipe,
  type Resolution,
  renderConversionConfig,
  renderPolicy,
  renderTrainingConfig,
  resolveRecipe,
  summarise,
} from '@dropforge/recipe';
import { z } from 'zod';

/** A run whose dataset is frozen. */
export interface ValidatedRun {
  readonly runId: string;
  readonly project: string;
  readonly attempt: number;
  readonly manifestKey: string;
  /** undefined: the drop brought no recipe. */
  readonly recipeKey?: string | undefined;
}

export interface RenderConfigPorts {
  /** The text of a recipe; undefined: there is none. Reads no more than a recipe may have, and a byte. */
  readRecipe(key: string): Promise<string | undefined>;
  /** The parsed manifest of a dataset version. */
  readManifest(key: string): Promise<unknown>;
  writeConfig(key: string, text: string, contentType: string): Promise<void>;
  /** US dollars for an hour of training on one instance; undefined: not known. */
  readonly priceOf: (instanceType: string) => number | undefined;
}

/** Fields are those of `config.rendered` and `config.rejected`. */
export type RenderedConfig =
  | {
      readonly outcome: 'rendered';
      readonly configKey: string;
      readonly configDigest: string;
      readonly dataset: string;
      readonly targets: Resolution['resolved']['targets'][number][];
      readonly instanceTypes: string[];
      readonly instanceCount: number;
      readonly spot: boolean;
      readonly onDemandFallback: boolean;
      /** SageMaker ends a job that runs longer. */
      readonly maximumSeconds: number;
      readonly spotWaitSeconds: number;
      readonly maximumWaitSeconds: number;
      readonly usdPerHour: Record<string, number>;
      readonly estimatedSeconds: number;
      readonly estimatedUsd?: number;
      readonly maximumUsd?: number;
      /** One sentence for a message. */
      readonly summary: string;
    }
  | { readonly outcome: 'rejected'; readonly reasons: Reason[] };

export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  readonly action: string;
}

/**
 * Resolves the recipe of a run against its dataset and writes what the jobs, the judge and people read: `training.json`,
 * `conversion.json`, `policy.json`, `resolved.json` and `explanation.txt` in `runs/<runId>/config/t<attempt>/`.
 * Of a recipe with faults nothing but the list of them is written. Safe to repeat: the same input writes the same bytes.
 */
export async function renderConfig(run: ValidatedRun, ports: RenderConfigPorts): Promise<RenderedConfig> {
  const text = run.recipeKey === undefined ? undefined : await ports.readRecipe(run.recipeKey);
  const facts = readFacts(await ports.readManifest(run.manifestKey), run.project);
  const folder = bucketKeys.configuration(run.runId, run.attempt);

  const parsed = parseRecipe(text);
  if (!parsed.ok) return reject(parsed.faults, folder, ports);
  const resolution = resolveRecipe(parsed.parsed, facts, ports.priceOf);
  if (resolution.faults.length > 0) return reject(resolution.faults, folder, ports);

  const { resolved } = resolution;
  const configKey = `${folder}training.json`;
  await ports.writeConfig(`${folder}explanation.txt`, explain(resolution), 'text/plain; charset=utf-8');
  await writeJson(`${folder}resolved.json`, { ...resolved, explanation: resolution.explanation }, ports);
  await writeJson(`${folder}policy.json`, renderPolicy(resolved), ports);
  await writeJson(`${folder}conversion.json`, renderConversionConfig(resolved, run.runId), ports);
  await writeJson(configKey, renderTrainingConfig(resolved, run.runId), ports);
  return {
    outcome: 'rendered',
    configKey,
    configDigest: configDigest(resolved),
    dataset: facts.digest,
    targets: [...resolved.targets],
    ...trainingTerms(resolution),
    summary: summarise(resolution),
  };
}

/** Where training runs, for how long, and what it will cost. */
function trainingTerms({ resolved, cost }: Resolution) {
  const { instanceTypes, instanceCount, spot, onDemandFallback, spotWaitSeconds, maximumWaitSeconds } =
    resolved.training;
  return {
    ...{
      instanceTypes: [...instanceTypes],
      instanceCount,
      spot,
      onDemandFallback,
      spotWaitSeconds,
      maximumWaitSeconds,
    },
    maximumSeconds: resolved.training.maximumRuntimeSeconds,
    ...{ usdPerHour: { ...cost.usdPerHour }, estimatedSeconds: cost.seconds },
    ...(cost.usd === undefined ? {} : { estimatedUsd: cost.usd }),
    ...(cost.maximumUsd === undefined ? {} : { maximumUsd: cost.maximumUsd }),
  };
}

const count = z.int().nonnegative();

/** What of a manifest is read here. The validator wrote it, so a broken one is a bug and not a person's mistake. */
const Manifest = z.object({
  format: z.literal('dropforge-dataset/1'),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  classes: z.array(z.string().min(1)),
  splits: z.object({ train: z.object({ images: count }), validation: z.object({ images: count }) }),
});

function readFacts(manifest: unknown, project: string): DatasetFacts {
  const { digest, classes, splits } = Manifest.parse(manifest);
  return { digest, classes, trainImages: splits.train.images, validationImages: splits.validation.images, project };
}

async function reject(faults: readonly Fault[], folder: string, ports: RenderConfigPorts): Promise<RenderedConfig> {
  const listKey = `${folder}faults.json`;
  await writeJson(listKey, faults, ports);
  return { outcome: 'rejected', reasons: toReasons(faults, listKey) };
}

/** Events are small; the list in the bucket has every fault. */
const MAXIMUM_REASONS = 20;

function toReasons(faults: readonly Fault[], listKey: string): Reason[] {
  const reasons = faults.map(toReason);
  if (reasons.length <= MAXIMUM_REASONS) return reasons;
  const shown = reasons.slice(0, MAXIMUM_REASONS - 1);
  const message = `There are ${reasons.length - shown.length} more faults.`;
  return [...shown, { code: 'MORE_FAULTS', message, where: listKey, action: 'Correct these first, or read the list.' }];
}

function toReason({ code, path, message, action, position }: Fault): Reason {
  const isInText = position !== undefined || path !== '';
  return { code, message, action, ...(isInText && { where: formatWhere('recipe.yaml', position) }) };
}

async function writeJson(key: string, value: unknown, ports: RenderConfigPorts): Promise<void> {
  await ports.writeConfig(key, `${JSON.stringify(value, null, 2)}\n`, 'application/json');
}
