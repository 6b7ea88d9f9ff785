/**
 * The canonical request and the string to sign of Signature Version 4.
 * Amazon S3 API reference, "Signature Calculations for the Authorization Header".
 */

import { createHash } from 'node:crypto';
import { decodePercent, readQuery, type S3Request } from '../wire/request.ts';

interface CanonicalRequestInput {
  readonly request: S3Request;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/**
 * Path and query are decoded and encoded again, because clients escape differently what they sign alike.
 * S3, alone among AWS services, neither encodes the path twice nor resolves its `..` segments.
 */
export function canonicalRequest({ request, signedHeaders, payloadHash }: CanonicalRequestInput): string {
  const headers = signedHeaders.map((name) => `${name}:${canonicalHeader(request, name)}\n`).join('');
  return [
    request.method,
    encodeUri(decodePercent(request.rawPath)).replaceAll('%2F', '/'),
    canonicalQuery(request.rawQuery),
    headers,
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** `date` as in x-amz-date; `scope` is `day/region/service/aws4_request`. */
export function stringToSign(date: string, scope: string, canonical: string): string {
  const hash = createHash('sha256').update(canonical, 'latin1').digest('hex');
  return ['AWS4-HMAC-SHA256', date, scope, hash].join('\n');
}

function canonicalHeader(request: S3Request, name: string): string {
  const values = request.message.headersDistinct[name] ?? [];
  return values.map((value) => value.trim().replace(/ +/g, ' ')).join(',');
}

function canonicalQuery(rawQuery: string): string {
  return readQuery(rawQuery)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeUri(name), encodeUri(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-encodes all but RFC 3986's unreserved characters; `encodeURIComponent` leaves five more alone. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
