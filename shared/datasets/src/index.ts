/** Reads dropped image datasets as streams, finds what is wrong with them, and freezes them as content-addressed versions. */
export { openFileSource } from './file-source.ts';
export type { FindingCode } from './finding-codes.ts';
export type { Finding, FindingExample, Severity } from './findings.ts';
export type { DatasetFormat, FileFacts, Layout, Place } from './formats/format.ts';
export { formats } from './formats/registry.ts';
export {
  type DatasetRules,
  type DropSource,
  type FreezeOptions,
  type FrozenDataset,
  freezeDataset,
} from './freeze-dataset.ts';
export { defaultLimits, defaultTolerance, type Limits, type Tolerance } from './limits.ts';
export type { DatasetManifest, ShardRecord, Split } from './manifest.ts';
export type { LooseFile, LooseFiles, RandomAccessSource, ShardSink } from './ports.ts';
export type { ClassReport, ValidationReport } from './report.ts';
export { renderReport } from './report-html.ts';
export { DropChanged } from './shards.ts';
export { RECIPE_BYTES_MAX, type RecipeFile } from './survey.ts';
