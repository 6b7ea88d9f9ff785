/** Checks tokens as an HTTP API does. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';

/** What a JWT authorizer leaves in the request's context: every claim is a text there. */
export interface JwtPrincipal {
  readonly claims: Readonly<Record<string, string>>;
  /** Those that the route asks for; null where it asks for none. */
  readonly scopes: readonly string[] | null;
}

export type JwtVerdict = JwtPrincipal | 'unauthorized' | 'forbidden';

export interface JwtAuthorizer {
  /** `scopes`: the token needs one of them, if there are any. `now`: milliseconds since 1970. Never rejects. */
  check(header: string | undefined, scopes: readonly string[], now: number): Promise<JwtVerdict>;
}

export interface JwtAuthorizerOptions {
  /** The `iss` of its tokens; its keys are found from `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Told why a token was refused, and that the issuer does not answer; AWS says neither. */
  readonly log: (line: string) => void;
}

/** RSA alone, as API Gateway has it: no token says by itself that nothing or a shared secret has signed it. */
const hashOf = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512' } as const;

const Header = z.object({ alg: z.enum(['RS256', 'RS384', 'RS512']), kid: z.string(), crit: z.never().optional() });
const Time = z.number();
const Claims = z.looseObject({
  ...{ iss: z.string(), exp: Time, nbf: Time.optional(), iat: Time.optional() },
  ...{ aud: z.union([z.string(), z.array(z.string())]).optional(), client_id: z.string().optional() },
  ...{ scope: z.string().optional(), scp: z.union([z.string(), z.array(z.string())]).optional() },
});

export function createJwtAuthorizer({ issuer, audience, log }: JwtAuthorizerOptions): JwtAuthorizer {
  let known: ReadonlyMap<string, KeyObject> = new Map();

  /** AWS keeps the keys for two hours; here an issuer may be started anew at any moment. */
  async function keyOf(kid: string): Promise<KeyObject | undefined> {
    if (!known.has(kid)) known = await fetchKeys(issuer);
    return known.get(kid);
  }

  async function claimsOf(header: string): Promise<z.output<typeof Claims>> {
    const parts = header.replace(/^Bearer\s+/i, '').split('.');
    const [head = '', body = '', signature = ''] = parts;
    if (parts.length !== 3) throw new Error('it has not three parts');
    const { alg, kid } = Header.parse(decode(head));
    const key = await keyOf(kid);
    if (key?.asymmetricKeyType !== 'rsa') throw new Error(`the issuer has no RSA key "${kid}"`);
    if (!verify(hashOf[alg], Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
      throw new Error('its signature is wrong');
    return Claims.parse(decode(body));
  }

  return {
    async check(header, scopes, now) {
      try {
        if (!header) return 'unauthorized';
        const claims = await claimsOf(header);
        const fault = faultOf(claims, { issuer, audience, seconds: now / 1_000 });
        if (fault) throw new Error(fault);
        const has = scopesOf(claims);
        if (scopes.length > 0 && !scopes.some((scope) => has.includes(scope))) return 'forbidden';
        return {
          claims: asTexts(claims),
          scopes: scopes.length > 0 ? scopes.filter((one) => has.includes(one)) : null,
        };
      } catch (error) {
        const reason = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : String(error);
        log(`TOKEN_REFUSED: ${reason}`);
        return 'unauthorized';
      }
    },
  };
}

function faultOf(
  { iss, aud, client_id: client, exp, nbf = 0, iat = 0 }: z.output<typeof Claims>,
  { issuer, audience, seconds }: { issuer: string; audience: readonly string[]; seconds: number },
): string | undefined {
  if (iss !== issuer) return `its issuer is ${iss}`;
  // `client_id` counts only where there is no `aud`.
  const meant = aud === undefined ? [client ?? ''] : [aud].flat();
  if (!meant.some((one) => audience.includes(one))) return `it is meant for ${meant.join(', ') || 'nobody'}`;
  if (exp <= seconds) return 'it has expired';
  return nbf > seconds || iat > seconds ? 'it is not valid yet' : undefined;
}

function scopesOf({ scope = '', scp = [] }: z.output<typeof Claims>): string[] {
  return [scope, ...[scp].flat()].flatMap((text) => text.split(' '));
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

/** Lists come as `[a b]`. */
function asTexts(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown) =>
    Array.isArray(value) ? `[${value.join(' ')}]` : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, text(value)]));
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest */
async function fetchKeys(issuer: string): Promise<Map<string, KeyObject>> {
  const { jwks_uri: uri } = z
    .object({ jwks_uri: z.url() })
    .parse(await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  const { keys } = z
    .object({ keys: z.array(z.looseObject({ kid: z.string().optional() })) })
    .parse(await fetchJson(uri));
  const usable = keys.filter(({ kid, kty }) => kid !== undefined && kty === 'RSA');
  return new Map(
    usable.map(({ kid = '', ...key }) => [kid, createPublicKey({ key: key as JsonWebKey, format: 'jwk' })]), // refuses what is none
  );
}

async function fetchJson(url: string): Promise<unknown> {
  const ask = () => fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
  // The issuer may just have closed the connection that was kept for it.
  const response = await ask().catch(ask);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
