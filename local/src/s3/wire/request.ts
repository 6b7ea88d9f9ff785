/** What an HTTP request means to S3: which bucket, which key, which parameters. */

import { randomBytes } from 'node:crypto';
import { type IncomingMessage, validateHeaderValue } from 'node:http';
import { S3Error } from './s3-error.ts';

const KEY_BYTES_MAX = 1024;

/** What can be said of every request, also of one that cannot be read further. */
export interface RequestLine {
  readonly id: string;
  readonly method: string;
  /** Path and query as they stood on the request line. */
  readonly rawPath: string;
  readonly rawQuery: string;
}

export interface S3Request extends RequestLine {
  /** Empty for the service itself. */
  readonly bucket: string;
  /** Empty for a bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** One header by its lower-case name; in a presigned request an `x-amz-…` query parameter counts as one too. */
  header(name: string): string | undefined;
  /** All headers whose name starts with this, by lower-case name. */
  headersWith(prefix: string): [name: string, value: string][];
  readonly sourceIp: string;
  readonly message: IncomingMessage;
}

export function readRequestLine(message: IncomingMessage): RequestLine {
  // No `new URL()`: it would resolve the `..` segments that a key may have.
  const [rawPath = '/', ...rest] = (message.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '').split('?');
  return {
    id: randomBytes(8).toString('hex').toUpperCase(),
    method: message.method ?? 'GET',
    rawPath,
    rawQuery: rest.join('?'),
  };
}

/** Reads bucket, key, parameters and headers. Throws InvalidURI, KeyTooLongError. */
export function readRequest(message: IncomingMessage, line: RequestLine): S3Request {
  const { rawPath, rawQuery } = line;
  const query = new Map(readQuery(rawQuery).reverse()); // the first of equal names counts
  const path = decodePercent(rawPath);
  const slash = path.indexOf('/', 1);
  const key = slash === -1 ? '' : path.slice(slash + 1);
  const keyBytes = Buffer.byteLength(key);
  if (keyBytes > KEY_BYTES_MAX) {
    throw new S3Error('KeyTooLongError', { fields: { Size: keyBytes, MaxSizeAllowed: KEY_BYTES_MAX } });
  }
  const headers = readHeaders(message, query);
  return {
    ...line,
    bucket: slash === -1 ? path.slice(1) : path.slice(1, slash),
    key,
    query,
    header: (name) => headers.get(name),
    headersWith: (prefix) => [...headers].filter(([name]) => name.startsWith(prefix)),
    sourceIp: (message.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    message,
  };
}

/** The query's names and values, decoded, in order. A parameter without `=` has the empty value. */
export function readQuery(rawQuery: string): [name: string, value: string][] {
  return rawQuery
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      // In a query, unlike in a path, S3 reads a plus sign as a space.
      return [decodePercent(name.replaceAll('+', ' ')), decodePercent(value.replaceAll('+', ' '))];
    });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undoes percent-encoding. Keys are UTF-8: anything else is InvalidURI. */
export function decodePercent(text: string): string {
  const latin1 = text.replace(/%([0-9a-fA-F]{2})|%/g, (match, hex) => {
    if (match === '%') throw new S3Error('InvalidURI');
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  try {
    return utf8.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    throw new S3Error('InvalidURI');
  }
}

function readHeaders(message: IncomingMessage, query: ReadonlyMap<string, string>): Map<string, string> {
  const headers = new Map<string, string>();
  if (query.has('X-Amz-Signature')) {
    for (const [name, value] of query) {
      if (/^x-amz-/i.test(name) && !IGNORED_IN_QUERY.test(name))
        headers.set(name.toLowerCase(), headerValue(name, value));
    }
  }
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (values) headers.set(name, values.join(','));
  }
  return headers;
}

/** A query can carry what no header can. Throws InvalidArgument. */
export function headerValue(name: string, value: string): string {
  try {
    validateHeaderValue(name, value);
    return value;
  } catch {
    throw new S3Error('InvalidArgument', {
      message: 'Header value cannot be represented using ISO-8859-1.',
      fields: { ArgumentName: name },
    });
  }
}

/**
 * S3 takes no notice of a checksum in a presigned URL. Who presigns has no body yet, and the JavaScript SDK puts the
 * checksum of the empty one into the URL (github.com/localstack/localstack/issues/12169, aws/aws-sdk-go-v2/issues/2610).
 */
const IGNORED_IN_QUERY = /^x-amz-(sdk-)?checksum-/i;
