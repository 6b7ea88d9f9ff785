/** Whom a request is for and who signed it, from SigV4's credential scope. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
import type { IncomingMessage } from 'node:http';

export interface CredentialScope {
  accessKeyId: string;
  region: string;
  /** The signing name: `s3`, `dynamodb`, `events`, … */
  service: string;
}

/** Reads the `Authorization` header or a presigned URL's `X-Amz-Credential`; undefined for an unsigned request. */
export function credentialScope(request: IncomingMessage): CredentialScope | undefined {
  const [, fromHeader] = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '') ?? [];
  const credential = fromHeader ?? new URL(request.url ?? '/', 'http://local').searchParams.get('X-Amz-Credential');
  // <access key>/<date>/<region>/<service>/aws4_request; only the key may hold further slashes.
  const parts = credential?.split('/') ?? [];
  const [terminator, service, region] = parts.reverse();
  if (parts.length < 5 || terminator !== 'aws4_request' || !service || !region) return undefined;
  return { accessKeyId: parts.slice(4).reverse().join('/'), region, service };
}
