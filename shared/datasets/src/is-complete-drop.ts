import { type NoDropObject, readDropKey } from './drop-key.ts';

/** What the arrival of one object means for its drop. `drop` names it in events: the archive's key, or the prefix. */
export type Completeness =
  | { readonly complete: 'archive' | 'files'; readonly project: string; readonly drop: string }
  | { readonly complete: false; readonly why: NoDropObject | { readonly waiting: string } };

/** The empty object that closes a drop of loose files. */
export const READY_MARKER = '_READY';

/** Kinds that are read, and kinds that people send all the same and that deserve an answer instead of silence. */
const archiveName = /\.(zip|tar|tgz|tar\.(gz|bz2|xz|zst|lz4)|tbz2?|txz|gz|bz2|xz|zst|7z|rar)$/i;

/**
 * Decides whether a drop is complete, from one object's key. An archive directly in the drop's folder is a drop by itself
 * (S3 shows an object only when all of it is there); loose files are complete when `_READY` arrives. All else waits.
 */
export function isCompleteDrop(key: string): Completeness {
  const object = readDropKey(key);
  if (!('path' in object)) return { complete: false, why: object };
  const { project, prefix, path } = object;
  if (path === READY_MARKER) return { complete: 'files', project, drop: prefix };
  if (!path.includes('/') && archiveName.test(path)) return { complete: 'archive', project, drop: key };
  return { complete: false, why: { waiting: `for an archive or ${READY_MARKER} in ${prefix}` } };
}
