/** The signature a request claims, from its Authorization header or from a presigned URL's query. */

import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import type { CredentialScope } from './signing.ts';

export interface ClaimedSignature {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** ISO 8601 basic form, as in `20260102T030405Z`. */
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Only presigned URLs expire. */
  readonly expiresSeconds?: number;
}

const EXPIRES_SECONDS_MAX = 7 * 24 * 60 * 60;

/** Throws AccessDenied for an anonymous request, and the two errors of malformed signatures. */
export function claimedSignature(request: S3Request): ClaimedSignature {
  const authorization = request.header('authorization');
  if (request.query.has('X-Amz-Signature')) {
    if (authorization !== undefined) {
      throw new S3Error('InvalidArgument', {
        message:
          'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified',
      });
    }
    return fromQuery(request);
  }
  if (authorization === undefined) throw new S3Error('AccessDenied');
  return fromHeader(authorization, request);
}

function fromHeader(authorization: string, request: S3Request): ClaimedSignature {
  const match = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(authorization);
  if (!match) {
    throw new S3Error('InvalidRequest', {
      message: 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    });
  }
  const fields = new Map((match[1] ?? '').split(',').map((field) => splitField(field.trim())));
  const date = request.header('x-amz-date') ?? basicDate(request.header('date'));
  if (date === undefined)
    throw new S3Error('AccessDenied', { message: 'AWS authentication requires a valid Date or x-amz-date header' });
  return {
    ...readCredential(fields.get('Credential'), 'AuthorizationHeaderMalformed'),
    date,
    signedHeaders: readSignedHeaders(fields.get('SignedHeaders'), 'AuthorizationHeaderMalformed'),
    signature: fields.get('Signature') ?? '',
  };
}

function splitField(field: string): [string, string] {
  const equals = field.indexOf('=');
  return [field.slice(0, equals), field.slice(equals + 1)];
}

function fromQuery({ query }: S3Request): ClaimedSignature {
  const expires = query.get('X-Amz-Expires') ?? '';
  const expiresSeconds = Number(expires);
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw malformed('AuthorizationQueryParametersError', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  if (!/^\d+$/.test(expires) || expiresSeconds < 1) {
    throw malformed('AuthorizationQueryParametersError', 'X-Amz-Expires should be a number of seconds, 1 or more');
  }
  if (expiresSeconds > EXPIRES_SECONDS_MAX) {
    throw malformed(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be less than a week (in seconds) that is, given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  return {
    ...readCredential(query.get('X-Amz-Credential'), 'AuthorizationQueryParametersError'),
    date: query.get('X-Amz-Date') ?? '',
    signedHeaders: readSignedHeaders(query.get('X-Amz-SignedHeaders'), 'AuthorizationQueryParametersError'),
    signature: query.get('X-Amz-Signature') ?? '',
    expiresSeconds,
  };
}

type MalformedCode = 'AuthorizationHeaderMalformed' | 'AuthorizationQueryParametersError';

function readCredential(
  credential: string | undefined,
  code: MalformedCode,
): Pick<ClaimedSignature, 'accessKeyId' | 'scope'> {
  // The access key id may itself contain slashes, so the scope is what stands at the end.
  const match = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential ?? '');
  const [, accessKeyId, day, region, service] = match ?? [];
  if (!accessKeyId || !day || !region || service !== 's3') {
    throw malformed(code, 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/s3/aws4_request"');
  }
  return { accessKeyId, scope: { day, region, service } };
}

function readSignedHeaders(text: string | undefined, code: MalformedCode): string[] {
  const names = (text ?? '').split(';').filter((name) => name !== '');
  if (names.length === 0) throw malformed(code, 'the SignedHeaders are missing');
  return names;
}

function malformed(code: MalformedCode, reason: string): S3Error {
  const subject = code === 'AuthorizationHeaderMalformed' ? 'The authorization header is malformed; ' : '';
  return new S3Error(code, { message: `${subject}${reason}` });
}

function basicDate(httpDate: string | undefined): string | undefined {
  if (httpDate === undefined || Number.isNaN(Date.parse(httpDate))) return undefined;
  return new Date(httpDate).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
