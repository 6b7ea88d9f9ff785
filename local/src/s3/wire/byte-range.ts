/** The Range header, as S3 reads it (RFC 9110, section 14). */

import { S3Error } from './s3-error.ts';

/** Bytes from `start` up to but not including `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes a reader wants of an object of this size; undefined means all of it. Like S3, it ignores a header that it
 * cannot read, and one that names several ranges. Throws InvalidRange if there is no byte in the range.
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') return satisfiable(header, size, { start: Math.max(size - Number(last), 0), end: size });
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return satisfiable(header, size, {
    start: Number(first),
    end: last === '' ? size : Math.min(Number(last) + 1, size),
  });
}

function satisfiable(header: string | undefined, size: number, range: ByteRange): ByteRange {
  if (range.start < range.end) return range;
  throw new S3Error('InvalidRange', {
    fields: { RangeRequested: header ?? '', ActualObjectSize: size },
    headers: { 'content-range': `bytes */${size}` },
  });
}
