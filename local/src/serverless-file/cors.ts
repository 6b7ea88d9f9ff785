/** CORS of the HTTP API. https://www.serverless.com/framework/docs/providers/aws/events/http-api#cors-setup */
import type { CorsDescription } from './description.ts';
import { asRecord } from './values.ts';

/** Reads `provider.httpApi.cors`: nothing, `true` for the framework's defaults, or a mapping. */
export function readCors(value: unknown): CorsDescription | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  const cors = value === true ? {} : asRecord(value, 'provider.httpApi.cors');
  const list = (name: string, fallback: string[]) => {
    const given = cors[name];
    if (given === undefined) return fallback;
    return Array.isArray(given) ? given.map(String) : [String(given)];
  };
  return {
    allowedOrigins: list('allowedOrigins', ['*']),
    allowedHeaders: list('allowedHeaders', DEFAULT_ALLOWED_HEADERS),
    allowedMethods: list('allowedMethods', ['OPTIONS', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    exposedHeaders: list('exposedResponseHeaders', []),
    allowCredentials: cors.allowCredentials === true,
    maxAgeSeconds: typeof cors.maxAge === 'number' ? cors.maxAge : undefined,
  };
}

/** What the framework allows under `cors: true`. */
const DEFAULT_ALLOWED_HEADERS = [
  'Content-Type',
  'X-Amz-Date',
  'Authorization',
  'X-Api-Key',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'X-Amzn-Trace-Id',
];
