import type { Readable } from 'node:stream';

/** One archive that can be read at any place: a local file, or an S3 object by ranged GETs pinned to one version. */
export interface RandomAccessSource {
  /** File name as the sender gave it; only for messages, the type is read from the content. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes `start` (inclusive) to `end` (exclusive), `0 <= start <= end <= size`; never fewer. */
  read(start: number, end: number): Promise<Buffer>;
  /** All bytes from `start` (default 0) to the end, in order. */
  stream(start?: number): Readable;
}

/** One loose file below a drop's prefix. */
export interface LooseFile {
  /** Relative to the drop, `/` as separator. */
  readonly path: string;
  /** Bytes, as listed. */
  readonly size: number;
  open(): Promise<Readable>;
}

/** Loose files closed by a marker: listed twice, so the listing must be repeatable and in the same order. */
export interface LooseFiles {
  readonly name: string;
  list(): AsyncIterable<LooseFile>;
}

/** Where frozen dataset versions live. Names are `<digest>/manifest.json` and `<digest>/shard-00000.tar`. */
export interface ShardSink {
  /** The file's content, or undefined when there is none. Asked for manifests only. */
  find(name: string): Promise<Buffer | undefined>;
  /** Stores the whole file or fails; storing equal bytes again is harmless. */
  write(name: string, content: Buffer): Promise<void>;
}

export type EntryKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';

/** One entry of a drop, whatever carried it. */
export interface DropEntry {
  /** Position in the drop, the same in every pass: names may repeat, positions do not. */
  readonly index: number;
  /** As the archive names it; hostile until `cleanPath` has seen it. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Declared bytes. */
  readonly size: number;
  /** False when the name's bytes were not UTF-8 and were read as an older code page. */
  readonly isUtf8: boolean;
  /** The content, at most `Limits.fileBytes`. Throws `UnreadableEntry`, or `DropRefused` when nothing more may be read. */
  read(): Promise<Buffer>;
}

/** A drop that is read front to back, as often as needed, without unpacking it anywhere. */
export interface DropReader {
  readonly name: string;
  readonly kind: 'zip' | 'tar' | 'tar.gz' | 'files';
  /** Bytes as sent: the archive's size, or the sum of the loose files (0 until listed). */
  readonly bytes: number;
  /** Entries in a stable order. Content of entries that are not `wanted` is skipped as cheaply as the carrier allows. */
  entries(wanted?: (index: number) => boolean): AsyncIterable<DropEntry>;
}
