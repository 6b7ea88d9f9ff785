import { CliError } from '../cli-error.ts';

const refusals: Readonly<Record<string, readonly ['notAllowed' | 'notFound', string]>> = {
  AccessDenied: ['notAllowed', 'Ask for s3:PutObject on drops/ of the bucket.'],
  InvalidAccessKeyId: ['notAllowed', 'Check your AWS credentials.'],
  SignatureDoesNotMatch: ['notAllowed', 'Check your AWS credentials.'],
  ExpiredToken: ['notAllowed', 'Sign in again: your AWS session has ended.'],
  CredentialsProviderError: ['notAllowed', 'Sign in to AWS, for example with "aws sso login".'],
  NoSuchBucket: ['notFound', 'Check the name of the bucket: dropforge connect, or DROPFORGE_BUCKET.'],
};

/** What a person is told when S3, or the way to it, failed. */
export function storageError(error: unknown, where: string): CliError {
  if (error instanceof CliError) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const [exit, action] = refusals[name] ?? ['unreachable', 'Try again; nothing was started.'];
  return new CliError(exit, 'STORAGE_FAILED', `The storage does not take it: ${message || name}.`, {
    where,
    action,
    cause: error,
  });
}
