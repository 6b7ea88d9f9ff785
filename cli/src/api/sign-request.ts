import { Sha256 } from '@aws-crypto/sha256-js';
import type { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import type { UnsignedRequest } from './api-client.ts';

/** Headers that prove the caller to an HTTP API with an IAM authorizer, or to another service (AWS Signature Version 4). */
export async function signRequest(
  { method, url, headers, body }: UnsignedRequest,
  region: string,
  credentials: S3Client['config']['credentials'],
  service = 'execute-api',
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port && { port: Number(url.port) }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    ...(body && { body }),
  });
  // fetch sets the host itself, to the same value.
  return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name.toLowerCase() !== 'host'));
}
