/** Decides whether a request was signed with a key that this stand-in knows. */

import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { canonicalRequest, stringToSign } from './canonical-request.ts';
import { type ClaimedSignature, claimedSignature } from './claimed-signature.ts';
import { sameSignature, scopeText, sign, signingKey } from './signing.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How the request's body is protected. */
export type Payload =
  | { readonly kind: 'whole'; readonly sha256: string | undefined }
  | { readonly kind: 'chunked'; readonly trailer: boolean; readonly signing: ChunkSigning | undefined };

/** What the signatures of a body's chunks build on. */
export interface ChunkSigning {
  readonly key: Buffer;
  readonly date: string;
  readonly scope: string;
  /** The request's own signature, the first link of the chain. */
  readonly seed: string;
}

export interface VerifiedRequest {
  readonly accessKeyId: string;
  readonly payload: Payload;
}

interface Verifier {
  /** The secret of a key; undefined: there is no such key. */
  readonly secretOf: (accessKeyId: string) => string | undefined;
  /** undefined: any region is right, as long as the signature is. */
  readonly region: string | undefined;
  readonly now: () => Date;
}

const SKEW_MS_MAX = 15 * 60 * 1000;

/** Throws S3's errors of authentication; on return the headers and the query are authentic, the body not yet. */
export function verifyRequest(request: S3Request, { secretOf, region, now }: Verifier): VerifiedRequest {
  const claimed = claimedSignature(request);
  const payloadHash = payloadHashOf(request, claimed);
  const secretAccessKey = secretOf(claimed.accessKeyId);
  if (secretAccessKey === undefined) {
    throw new S3Error('InvalidAccessKeyId', { fields: { AWSAccessKeyId: claimed.accessKeyId } });
  }
  if (region !== undefined) checkRegion(claimed, region);
  checkTime(claimed, now());
  checkSignedHeaders(request, claimed);
  const scope = scopeText(claimed.scope);
  const key = signingKey(secretAccessKey, claimed.scope);
  const canonical = canonicalRequest({ request, signedHeaders: claimed.signedHeaders, payloadHash });
  const toSign = stringToSign(claimed.date, scope, canonical);
  if (!sameSignature(sign(key, toSign), claimed.signature)) {
    // AWS sends back what it signed: comparing it with what the client signed is how such a bug is found.
    throw new S3Error('SignatureDoesNotMatch', {
      fields: {
        AWSAccessKeyId: claimed.accessKeyId,
        StringToSign: toSign,
        SignatureProvided: claimed.signature,
        CanonicalRequest: canonical,
      },
    });
  }
  const signing = { key, date: claimed.date, scope, seed: claimed.signature };
  return { accessKeyId: claimed.accessKeyId, payload: payloadOf(payloadHash, signing) };
}

function payloadHashOf(request: S3Request, { expiresSeconds }: ClaimedSignature): string {
  const hash = request.header('x-amz-content-sha256');
  if (hash !== undefined) return hash;
  if (expiresSeconds !== undefined) return 'UNSIGNED-PAYLOAD'; // who presigns does not know the body
  throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: x-amz-content-sha256' });
}

function checkRegion({ scope, expiresSeconds }: ClaimedSignature, region: string): void {
  if (scope.region === region) return;
  throw new S3Error(
    expiresSeconds === undefined ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError',
    {
      message: `The credential is malformed; the region '${scope.region}' is wrong; expecting '${region}'`,
      fields: { Region: region }, // clients read it and ask again
    },
  );
}

function checkTime({ date, scope, expiresSeconds }: ClaimedSignature, now: Date): void {
  const signedAt = parseBasicDate(date);
  if (signedAt === undefined || date.slice(0, 8) !== scope.day) {
    throw new S3Error('AuthorizationHeaderMalformed', {
      message: `The date '${date}' does not agree with the credential's scope`,
    });
  }
  const ageMs = now.getTime() - signedAt;
  if (expiresSeconds === undefined) {
    if (Math.abs(ageMs) <= SKEW_MS_MAX) return;
    throw new S3Error('RequestTimeTooSkewed', {
      fields: { RequestTime: date, ServerTime: now.toISOString(), MaxAllowedSkewMilliseconds: SKEW_MS_MAX },
    });
  }
  if (ageMs < -SKEW_MS_MAX) throw new S3Error('AccessDenied', { message: 'Request is not valid yet' });
  if (ageMs > expiresSeconds * 1000) {
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      fields: {
        'X-Amz-Expires': expiresSeconds,
        Expires: new Date(signedAt + expiresSeconds * 1000).toISOString(),
        ServerTime: now.toISOString(),
      },
    });
  }
}

function parseBasicDate(date: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** A header that no signature covers could be changed on the way, so S3 wants the host and all of its own covered. */
function checkSignedHeaders(request: S3Request, { signedHeaders }: ClaimedSignature): void {
  const sent = Object.keys(request.message.headersDistinct);
  const needed = sent.filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const missing = needed.filter((name) => !signedHeaders.includes(name) && !NEED_NOT_BE_SIGNED.has(name));
  if (missing.length === 0) return;
  throw new S3Error('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    fields: { HeadersNotSigned: missing.join(', ') },
  });
}

/** The hash is part of the canonical request by itself. */
const NEED_NOT_BE_SIGNED = new Set(['x-amz-content-sha256']);

function payloadOf(payloadHash: string, signing: ChunkSigning): Payload {
  switch (payloadHash) {
    case 'UNSIGNED-PAYLOAD':
      return { kind: 'whole', sha256: undefined };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'chunked', trailer: true, signing: undefined };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'chunked', trailer: false, signing };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'chunked', trailer: true, signing };
  }
  if (/^[0-9a-f]{64}$/.test(payloadHash)) return { kind: 'whole', sha256: payloadHash };
  throw new S3Error('InvalidArgument', {
    message: 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, one of the STREAMING- values, or a valid sha256 value.',
    fields: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payloadHash },
  });
}
