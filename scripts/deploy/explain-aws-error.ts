import { DeployError } from './deploy-error.ts';

/** Says what to do about an error of the SDK, where a person can do something; any other error stays as it is. */
export function explainAwsError(error: unknown, region: string): unknown {
  if (!(error instanceof Error)) return error;
  const found = causes.find(({ pattern }) => pattern.test(`${error.name} ${code(error)} ${error.message}`));
  if (found === undefined) return error;
  return new DeployError(found.code, found.say(region, error.message), found.action);
}

/** Of the network below the SDK: `ENOTFOUND` and the like. */
function code(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

const causes: readonly {
  readonly pattern: RegExp;
  readonly code: string;
  readonly say: (region: string, reason: string) => string;
  readonly action: string;
}[] = [
  {
    pattern: /CredentialsProviderError|Could not load credentials|Could not resolve credentials/,
    code: 'NO_CREDENTIALS',
    say: () => 'There are no AWS credentials on this machine.',
    action:
      'Run `aws configure sso` or `aws login`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  },
  {
    pattern: /ExpiredToken|TokenRefreshRequired|token (has|is) expired|SSO session/i,
    code: 'CREDENTIALS_EXPIRED',
    say: (_, reason) => `The AWS credentials have expired (${reason}).`,
    action: 'Log in again, for example with `aws sso login`.',
  },
  {
    pattern: /InvalidClientTokenId|UnrecognizedClient|AuthFailure|OptInRequired/,
    code: 'CREDENTIALS_REFUSED',
    say: (region, reason) => `AWS does not take these credentials in ${region} (${reason}).`,
    action:
      'Check the key; and if the region must first be switched on for the account, switch it on or name another with --region.',
  },
  {
    pattern: /SignatureDoesNotMatch|RequestTimeTooSkewed/,
    code: 'CREDENTIALS_REFUSED',
    say: (_, reason) => `AWS does not take the signature (${reason}).`,
    action: "Check the secret key and this machine's clock.",
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|TimeoutError/,
    code: 'AWS_UNREACHABLE',
    say: (region, reason) => `AWS does not answer in ${region} (${reason}).`,
    action: 'Check the network and the name of the region.',
  },
  {
    pattern: /AccessDenied|UnauthorizedOperation/,
    code: 'NOT_ALLOWED',
    say: (_, reason) => reason,
    action: 'Deploying makes roles, so it needs an administrator of the account; see docs/deploy.md.',
  },
];
