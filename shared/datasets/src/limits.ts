/** What a drop may cost before reading stops. All are checked before or while reading, never after. */
export interface Limits {
  /** Entries of any kind. */
  readonly entries: number;
  /** Unpacked bytes of the whole drop. */
  readonly totalBytes: number;
  /** Unpacked bytes of one file; at most `FILE_BYTES_MAX`. */
  readonly fileBytes: number;
  /** Unpacked over packed bytes, looked at once more than `ratioFloorBytes` are unpacked. Deflate reaches 1032 at most. */
  readonly ratio: number;
  readonly ratioFloorBytes: number;
  /** UTF-8 bytes of one path. */
  readonly pathBytes: number;
  /** Folders above a file. */
  readonly depth: number;
  /** Width times height of one image. */
  readonly pixels: number;
  /** Memory for shards being filled; more memory means fewer passes over the drop. At least one shard (64 MiB). */
  readonly shardMemoryBytes: number;
}

const MIB = 1024 * 1024;
/** A shard of 64 MiB must hold any one file. */
export const FILE_BYTES_MAX = 48 * MIB;

export const defaultLimits: Limits = {
  entries: 500_000,
  totalBytes: 8 * 1024 * MIB,
  fileBytes: 32 * MIB,
  ratio: 200,
  ratioFloorBytes: 64 * MIB,
  pathBytes: 1024,
  depth: 16,
  pixels: 40_000_000,
  shardMemoryBytes: 128 * MIB,
};

/** How much may be wrong with a drop that is still accepted. Fractions of 1. */
export interface Tolerance {
  /** Bad images over all images of the drop. */
  readonly badFraction: number;
  /** Bad images over the images of one class; one bad image per class is always within. */
  readonly badFractionPerClass: number;
  /** Validation images that are also training images, over all validation images. */
  readonly leakFraction: number;
}

export const defaultTolerance: Tolerance = { badFraction: 0.01, badFractionPerClass: 0.05, leakFraction: 0.1 };

/** "10 GB", "3.5 MB", "812 bytes": decimal units, as people read them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${units[unit]}`;
}
