import {
  type DropSource,
  type Finding,
  type FreezeOptions,
  freezeDataset,
  renderReport,
  type ShardSink,
} from '@dropforge/datasets';
import { bucketKeys } from '@dropforge/pipeline-state';
import { rulesOfRecipe } from './rules-of-recipe.ts';

/** A complete drop, as `dataset.received` names it. */
export interface CompleteDrop {
  readonly runId: string;
  /** The archive's key, or the prefix of loose files. */
  readonly drop: string;
  readonly kind: 'archive' | 'files';
  /** The archive's version; absent: the newest. */
  readonly versionId?: string | undefined;
  /** The recipe given with the request; it counts more than any in the drop. */
  readonly recipe?: string | undefined;
}

export interface ValidateDatasetPorts {
  /** Opens the drop for reading, pinned to the version that the event told of. `recipe` is the file beside the archive. */
  openDrop(drop: CompleteDrop): Promise<{ readonly source: DropSource; readonly recipe?: string }>;
  /** Dataset versions below `datasets/`. */
  readonly datasets: ShardSink;
  /** Files of runs, by their key in the bucket. */
  readonly runFiles: { write(key: string, content: Buffer, contentType: string): Promise<void> };
}

/** Fields are those of `dataset.validated` and `dataset.rejected`. */
export type ValidatedDrop =
  | {
      readonly outcome: 'validated';
      readonly dataset: string;
      readonly manifestKey: string;
      readonly reportKey: string;
      readonly recipeKey?: string;
      readonly classes: number;
      readonly trainImages: number;
      readonly validationImages: number;
      readonly excludedImages: number;
    }
  | {
      readonly outcome: 'rejected';
      readonly reasons: Reason[];
      readonly reasonCount: number;
      readonly reportKey: string;
    };

export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  readonly action: string;
}

/**
 * Validates a complete drop, freezes it as a dataset version and writes the report, `runs/<runId>/report/report.{json,html}`,
 * whatever the outcome. The drop is only read. Safe to repeat: the same drop gives the same files under the same names.
 */
export async function validateDataset(
  drop: CompleteDrop,
  ports: ValidateDatasetPorts,
  options: FreezeOptions = {},
): Promise<ValidatedDrop> {
  const { source, recipe: besideArchive } = await ports.openDrop(drop);
  const rulesOf = (inside: string | undefined) => rulesOfRecipe(drop.recipe ?? besideArchive ?? inside);
  const frozen = await freezeDataset(source, ports.datasets, { rulesOf, ...options });
  const { report } = frozen;
  const reportKey = bucketKeys.report(drop.runId);
  await ports.runFiles.write(reportKey, Buffer.from(`${JSON.stringify(report, null, 2)}\n`), 'application/json');
  const page = Buffer.from(renderReport(report));
  await ports.runFiles.write(bucketKeys.reportPage(drop.runId), page, 'text/html; charset=utf-8');
  if (frozen.outcome === 'rejected') {
    const errors = report.findings.filter((finding) => finding.severity === 'error');
    return {
      outcome: 'rejected',
      reasons: errors.slice(0, REASONS_MAX).map(toReason),
      reasonCount: errors.length,
      reportKey,
    };
  }
  const { manifest } = frozen;
  // A recipe beside the archive was added on purpose; one inside may have come along with the folder.
  const recipe = drop.recipe ?? besideArchive ?? frozen.recipe?.text;
  const recipeKey = bucketKeys.recipe(drop.runId);
  if (recipe !== undefined) await ports.runFiles.write(recipeKey, Buffer.from(recipe), 'application/yaml');
  return {
    outcome: 'validated',
    dataset: manifest.digest,
    manifestKey: `datasets/${manifest.digest}/manifest.json`,
    reportKey,
    ...(recipe !== undefined && { recipeKey }),
    classes: manifest.classes.length,
    trainImages: manifest.splits.train.images,
    validationImages: manifest.splits.validation.images,
    excludedImages: report.images.excluded,
  };
}

/** Events are small; the report has every reason and every place. */
const REASONS_MAX = 20;
const PLACES_NAMED = 3;

function toReason({ code, message, action, count, examples }: Finding): Reason {
  const places = examples.map((example) => example.where).filter((where) => where !== '');
  const named = places.slice(0, PLACES_NAMED).join(', ');
  const more = count - Math.min(count, PLACES_NAMED);
  const where = more > 0 ? `${named} and ${more.toLocaleString('en')} more` : named;
  return { code, message: message.slice(0, 1000), ...(named !== '' && { where }), action };
}
