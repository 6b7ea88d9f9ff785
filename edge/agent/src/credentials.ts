import { sendRequest } from './send-request.ts';
import type { Credentials } from './sign-request.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Fresh credentials are asked for so long before the old ones end. */
const aheadMilliseconds = 5 * 60_000;

/**
 * Credentials from the environment, or from Greengrass's token exchange service, which the nucleus names in the
 * environment of every component. https://docs.aws.amazon.com/greengrass/v2/developerguide/token-exchange-service-component.html
 */
export function createCredentials(environment: Environment, now: () => Date): () => Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (accessKeyId && secretAccessKey) {
    const sessionToken = environment.AWS_SESSION_TOKEN;
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) });
  }
  const address = environment.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  const authorization = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  let kept: { credentials: Credentials; until: number } | undefined;
  return async () => {
    if (kept && now().getTime() < kept.until) return kept.credentials;
    if (!address)
      throw new Error(
        'there are no credentials: neither AWS_ACCESS_KEY_ID nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set',
      );
    const { status, body } = await sendRequest('GET', new URL(address), authorization ? { authorization } : {});
    if (status !== 200) throw new Error(`the token exchange service answered ${status}`);
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(body) as Record<string, unknown>; // checked below
    if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
      throw new Error('the token exchange service gave no credentials');
    }
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(typeof Token === 'string' ? { sessionToken: Token } : {}),
    };
    const until = (Date.parse(String(Expiration)) || now().getTime()) - aheadMilliseconds;
    kept = { credentials, until };
    return credentials;
  };
}
