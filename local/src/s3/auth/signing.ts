/** Keys and signatures of Signature Version 4. */

import { createHmac, timingSafeEqual } from 'node:crypto';

/** `day/region/service/aws4_request`, in its parts. */
export interface CredentialScope {
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

export function scopeText({ day, region, service }: CredentialScope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

/** The key of one day, region and service; it signs the request and then each of its chunks. */
export function signingKey(secretAccessKey: string, { day, region, service }: CredentialScope): Buffer {
  return [day, region, service, 'aws4_request'].reduce(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

/** Lower-case hexadecimal. */
export function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Compares in constant time. */
export function sameSignature(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
