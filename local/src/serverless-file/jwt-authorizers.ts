/** JWT authorizers of the HTTP API. https://www.serverless.com/framework/docs/providers/aws/events/http-api#jwt-authorizers */
import type { JwtAuthorizerDescription } from './description.ts';
import { asRecord, asText } from './values.ts';

/** Reads `provider.httpApi.authorizers`; authorizers of other kinds are not followed here, and routes that name one fail. */
export function readJwtAuthorizers(value: unknown): JwtAuthorizerDescription[] {
  const place = 'provider.httpApi.authorizers';
  return Object.entries(asRecord(value ?? {}, place)).flatMap(([name, given]) => {
    const { type = 'jwt', issuerUrl, audience } = asRecord(given, `${place}.${name}`);
    if (type !== 'jwt') return [];
    return { name, issuer: asText(issuerUrl, `${place}.${name}.issuerUrl`), audience: [audience].flat().map(String) };
  });
}
