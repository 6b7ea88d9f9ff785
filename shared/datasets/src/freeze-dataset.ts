import { openLoose } from './archive/loose.ts';
import { misnamed, openArchive } from './archive/open-archive.ts';
import { type Curated, curate } from './curate.ts';
import { DropRefused, FindingLog } from './findings.ts';
import type { Layout } from './formats/format.ts';
import { detectLayout } from './formats/registry.ts';
import { defaultLimits, defaultTolerance, FILE_BYTES_MAX, type Limits, type Tolerance } from './limits.ts';
import { countSplits, type DatasetManifest, parseManifest } from './manifest.ts';
import type { DropReader, LooseFiles, RandomAccessSource, ShardSink } from './ports.ts';
import { buildReport, type ValidationReport } from './report.ts';
import { planShards, SHARD_BYTES_MAX, writeShards } from './shards.ts';
import { factsOf, type RecipeFile, type Survey, surveyDrop } from './survey.ts';

/** What was dropped: one archive, or loose files. */
export type DropSource = { readonly archive: RandomAccessSource } | { readonly files: LooseFiles };

/** What a recipe may say about its dataset before there is one. */
export type DatasetRules = Pick<FreezeOptions, 'tolerance' | 'validationFraction'>;

export interface FreezeOptions {
  readonly limits?: Partial<Limits>;
  /** What the drop's recipe asks of its dataset; `recipe` is the text found in the drop. It wins over the two below. */
  readonly rulesOf?: (recipe: string | undefined) => DatasetRules;
  readonly tolerance?: Partial<Tolerance>;
  /** Share of each class that validates when the drop is not split; 0.1 unless said, in (0, 1). */
  readonly validationFraction?: number;
  /** Told after each file of the first pass. */
  readonly onFile?: (filesSeen: number) => void;
}

export type FrozenDataset =
  | {
      readonly outcome: 'accepted';
      readonly manifest: DatasetManifest;
      readonly report: ValidationReport;
      readonly recipe: RecipeFile | undefined;
    }
  | { readonly outcome: 'rejected'; readonly report: ValidationReport; readonly recipe: RecipeFile | undefined };

/**
 * Validates a drop and freezes it as a content-addressed dataset version.
 *
 * Two passes, nothing unpacked to disk: the first decodes every image and keeps facts only, from which the digest is known;
 * the second writes the shards straight to their final place, `<digest>/shard-00000.tar`, and the manifest last. A version
 * that is already there is not written again, and a pass that dies half-way leaves only bytes that the next one repeats.
 *
 * A drop that is unfit is an outcome with every reason named. Throws only when the source or the sink fails, or when the
 * drop changes meanwhile (`DropChanged`); trying again is right then.
 */
export async function freezeDataset(
  source: DropSource,
  sink: ShardSink,
  options: FreezeOptions = {},
): Promise<FrozenDataset> {
  const limits = resolveLimits(options.limits);
  const findings = new FindingLog();
  const name = 'archive' in source ? source.archive.name : source.files.name;
  const bytes = 'archive' in source ? source.archive.size : 0;
  let drop: DropReader | undefined;
  let survey: Survey | undefined;
  let layout: Layout | undefined;
  let curated: Curated | undefined;
  try {
    drop = 'archive' in source ? await openArchive(source.archive, limits) : openLoose(source.files, limits);
    const wrongName = misnamed(name, drop.kind);
    if (wrongName !== undefined) findings.add('MISNAMED_ARCHIVE', name, wrongName);
    survey = await surveyDrop(drop, findings, { limits, ...(options.onFile && { onFile: options.onFile }) });
    layout = detectLayout(survey.files.map(factsOf));
    const rules = { ...options, ...options.rulesOf?.(survey.recipe?.text) };
    const tolerance = { ...defaultTolerance, ...options.tolerance, ...rules.tolerance };
    curated = curate(survey, layout, findings, { tolerance, validationFraction: rules.validationFraction ?? 0.1 });
  } catch (error) {
    if (!(error instanceof DropRefused)) throw error;
    findings.add(error.code, error.where, error.message);
  }
  const report = buildReport({ name, bytes, drop, survey, layout, curated, findings });
  const recipe = survey?.recipe;
  if (report.dataset === undefined || drop === undefined || curated === undefined)
    return { outcome: 'rejected', report, recipe };
  const manifest = await freeze(drop, curated, report.dataset.digest, sink, limits);
  return { outcome: 'accepted', manifest, report, recipe };
}

/** A file always fits a shard, and a shard always fits the memory for shards, whatever the caller asks for. */
function resolveLimits(asked: Partial<Limits> | undefined): Limits {
  const limits = { ...defaultLimits, ...asked };
  const fileBytes = Math.min(limits.fileBytes, FILE_BYTES_MAX);
  return { ...limits, fileBytes, shardMemoryBytes: Math.max(limits.shardMemoryBytes, SHARD_BYTES_MAX) };
}

async function freeze(
  drop: DropReader,
  curated: Curated,
  digest: string,
  sink: ShardSink,
  limits: Limits,
): Promise<DatasetManifest> {
  const name = `${digest}/manifest.json`;
  const known = parseManifest(await sink.find(name), digest);
  if (known !== undefined) return known;
  const { classes, images } = curated;
  const shards = await writeShards(drop, planShards(images), sink, `${digest}/`, limits.shardMemoryBytes);
  const splits = countSplits(classes, images);
  const manifest: DatasetManifest = {
    format: 'dropforge-dataset/1',
    task: 'classification',
    digest,
    classes,
    splits,
    shards,
  };
  await sink.write(name, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return manifest;
}
