import { createHash } from 'node:crypto';

export type Split = 'train' | 'validation';
export type ImageType = 'jpeg' | 'png';

/** `datasets/<digest>/manifest.json`: what a dataset version holds. Written last, so it is there only when all is. */
export interface DatasetManifest {
  readonly format: 'dropforge-dataset/1';
  readonly task: 'classification';
  /** SHA-256 over task, classes and images; see `datasetDigest`. */
  readonly digest: string;
  /** Sorted by code point after NFC; the index is the label. */
  readonly classes: readonly string[];
  readonly splits: Readonly<Record<Split, { readonly images: number; readonly perClass: readonly number[] }>>;
  readonly shards: readonly ShardRecord[];
}

/** One tar of one split: at most 4096 images, at most 64 MiB. */
export interface ShardRecord {
  readonly file: string;
  readonly split: Split;
  readonly images: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** An image that made it into the dataset. */
export interface DatasetImage {
  readonly split: Split;
  readonly classIndex: number;
  /** Of the file's bytes, 64 hex digits. */
  readonly sha256: string;
  readonly type: ImageType;
  readonly bytes: number;
  /** Where the bytes are: `DropEntry.index`. */
  readonly index: number;
}

/** The order of images in shards and in the digest: training first, then label, then content. */
export function compareImages(a: DatasetImage, b: DatasetImage): number {
  if (a.split !== b.split) return a.split === 'train' ? -1 : 1;
  if (a.classIndex !== b.classIndex) return a.classIndex - b.classIndex;
  return a.sha256 < b.sha256 ? -1 : a.sha256 > b.sha256 ? 1 : 0;
}

/** Sorts by Unicode code point; the default sort goes by UTF-16 unit, which differs beyond the basic plane. */
export function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * The version's name: SHA-256 over the lines `dropforge-dataset/1`, `task <task>`, `class <JSON string>` per class and
 * `image <split> <label> <sha256>` per image in `compareImages` order, each ended by a newline. File names, the archive's
 * kind and the time do not enter, so the same labelled content is the same version.
 */
export function datasetDigest(classes: readonly string[], sortedImages: readonly DatasetImage[]): string {
  const digest = createHash('sha256').update('dropforge-dataset/1\ntask classification\n');
  for (const name of classes) digest.update(`class ${JSON.stringify(name)}\n`);
  for (const image of sortedImages) digest.update(`image ${image.split} ${image.classIndex} ${image.sha256}\n`);
  return digest.digest('hex');
}

/** The manifest in a stored file, or undefined when it is none of this version: then it is written anew. */
export function parseManifest(content: Buffer | undefined, digest: string): DatasetManifest | undefined {
  if (content === undefined) return undefined;
  try {
    const manifest: unknown = JSON.parse(content.toString('utf8'));
    const isOurs =
      typeof manifest === 'object' && manifest !== null && 'digest' in manifest && manifest.digest === digest;
    return isOurs && 'format' in manifest && manifest.format === 'dropforge-dataset/1'
      ? (manifest as DatasetManifest)
      : undefined; // only this package writes manifests below a digest
  } catch {
    return undefined;
  }
}

/** Images per split and class. */
export function countSplits(classes: readonly string[], images: readonly DatasetImage[]): DatasetManifest['splits'] {
  const count = (split: Split) => {
    const perClass = classes.map(() => 0);
    for (const image of images) {
      if (image.split === split) perClass[image.classIndex] = (perClass[image.classIndex] ?? 0) + 1;
    }
    return { images: perClass.reduce((sum, n) => sum + n, 0), perClass };
  };
  return { train: count('train'), validation: count('validation') };
}
