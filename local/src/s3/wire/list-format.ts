/** What the lists have in common on the wire. */

import { encodeUri } from '../auth/canonical-request.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import type { XmlContent } from './xml.ts';

const PAGE_MAX = 1000;

/** All that is in the buckets belongs to one account. */
export const OWNER = { ID: '64726f70666f726765'.padEnd(64, '0') };

/** `max-keys` and its like: at most 1000, whatever is asked for. Throws InvalidArgument. */
export function readMax(request: S3Request, parameter: string): number {
  const text = request.query.get(parameter);
  if (text === undefined || text === '') return PAGE_MAX;
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0x7fffffff) return Math.min(Number(text), PAGE_MAX);
  throw new S3Error('InvalidArgument', {
    message: `Provided ${parameter} not an integer or within integer range`,
    fields: { ArgumentName: parameter, ArgumentValue: text },
  });
}

/** How keys are written: as they are, or for `encoding-type=url` percent-encoded. Throws InvalidArgument. */
export function readEncoding(request: S3Request): {
  encode: (key: string) => string;
  encodingType: string | undefined;
} {
  const encodingType = request.query.get('encoding-type');
  if (encodingType === undefined) return { encode: (key) => key, encodingType };
  if (encodingType !== 'url') {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid Encoding Method specified in Request',
      fields: { ArgumentName: 'encoding-type', ArgumentValue: encodingType },
    });
  }
  // S3 writes a space as a plus sign. `%20` reads the same in every client, also in those that undo only percent signs.
  return { encode: (key) => encodeUri(key).replaceAll('%2F', '/'), encodingType };
}

/** S3's times have whole seconds, though their format has milliseconds. */
export function listTime(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}

/** An object's entry, as far as all lists of objects share it. */
export function objectEntry(object: StoredObject): { [name: string]: XmlContent } {
  return {
    LastModified: listTime(object.modifiedMs),
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: object.checksum?.algorithm,
    ChecksumType: object.checksum?.type,
    Size: object.size,
    StorageClass: object.headers['x-amz-storage-class'] ?? 'STANDARD',
  };
}
