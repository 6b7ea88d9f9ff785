/** Pages of keys, folded at a delimiter: what all of S3's lists have in common. */

import { AFTER_ALL_KEYS, afterPrefix, keyBytes, keyText, next } from './key-order.ts';

/** Where a page starts: at this key, and for a key that has several rows, after the row of this sequence. */
export interface Position {
  readonly from: Buffer;
  readonly afterSequence?: number | undefined;
}

export interface ListedRow {
  readonly key: Uint8Array;
  readonly sequence: number;
}

/** Rows in order, from a position up to but not including `to`. */
export type FetchRows<Row extends ListedRow> = (position: Position, to: Buffer, limit: number) => Row[];

interface PageOptions {
  readonly prefix: string;
  readonly delimiter: string;
  readonly position: Position;
  /** Rows and common prefixes together. */
  readonly max: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** The last row or common prefix of the page, in S3's order. */
  readonly last: { readonly key: string; readonly row: Row | undefined } | undefined;
}

/**
 * Reads one page. A common prefix costs one seek however many keys it stands for, so a folder of a million objects is
 * listed as fast as an empty one.
 */
export function readPage<Row extends ListedRow>(fetch: FetchRows<Row>, options: PageOptions): Page<Row> {
  const prefix = keyBytes(options.prefix);
  const to = prefix.length > 0 ? afterPrefix(prefix) : AFTER_ALL_KEYS;
  const rows: Row[] = [];
  const commonPrefixes: string[] = [];
  let last: Page<Row>['last'];
  let position: Position | undefined =
    Buffer.compare(options.position.from, prefix) < 0 ? { from: prefix } : options.position;
  // S3 answers a page of nothing with nothing, and says that this was all.
  if (options.max === 0) return { rows, commonPrefixes, isTruncated: false, last };

  while (position) {
    const room: number = options.max - rows.length - commonPrefixes.length;
    const batch: Row[] = fetch(position, to, room + 1);
    position = undefined;
    for (const row of batch) {
      if (rows.length + commonPrefixes.length === options.max) return { rows, commonPrefixes, isTruncated: true, last };
      const key = keyText(row.key);
      const group = groupOf(key, options);
      if (group === undefined) {
        rows.push(row);
        last = { key, row };
        continue;
      }
      commonPrefixes.push(group);
      last = { key: group, row: undefined };
      position = { from: afterPrefix(keyBytes(group)) };
      break;
    }
  }
  return { rows, commonPrefixes, isTruncated: false, last };
}

/** The common prefix that a key folds into, if any. */
function groupOf(key: string, { prefix, delimiter }: Pick<PageOptions, 'prefix' | 'delimiter'>): string | undefined {
  if (delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}

/**
 * The position after a marker that a client names. A marker that is itself a common prefix stands for all of its keys;
 * otherwise a list that continues after a common prefix would repeat it for ever.
 */
export function positionAfter(marker: string, grouping: { prefix: string; delimiter: string }): Position {
  if (marker.startsWith(grouping.prefix) && groupOf(marker, grouping) === marker) {
    return { from: afterPrefix(keyBytes(marker)) };
  }
  return { from: next(keyBytes(marker)) };
}
