import type { ValidateDatasetPorts } from './validate-dataset.ts';

/** What this service needs of the world, in its own words. */
export interface Ports extends ValidateDatasetPorts {
  /** The manifest of a frozen dataset version; undefined: there is none. */
  readManifest(digest: string): Promise<unknown>;
}

/** The dropped object is not in the bucket (any more). */
export class DropMissing extends Error {
  override readonly name = 'DropMissing';
}
