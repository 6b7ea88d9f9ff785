/** CORS by the API's configuration; the gateway answers preflights itself. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorsDescription } from '../serverless-file/description.ts';

/** Sets the headers of an allowed origin. Gives true when the request was a preflight and is answered. */
export function applyCors(
  cors: CorsDescription | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { origin } = request.headers;
  if (cors === undefined || origin === undefined) return false;
  const preflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  const anyOrigin = cors.allowedOrigins.includes('*');
  if (anyOrigin || cors.allowedOrigins.includes(origin)) {
    response.setHeader('access-control-allow-origin', anyOrigin && !cors.allowCredentials ? '*' : origin);
    if (!anyOrigin) response.setHeader('vary', 'Origin');
    if (cors.allowCredentials) response.setHeader('access-control-allow-credentials', 'true');
    if (cors.exposedHeaders.length > 0)
      response.setHeader('access-control-expose-headers', cors.exposedHeaders.join(','));
    if (preflight) setPreflightHeaders(cors, response);
  }
  if (preflight) response.writeHead(204).end();
  return preflight;
}

function setPreflightHeaders(cors: CorsDescription, response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', cors.allowedMethods.join(','));
  response.setHeader('access-control-allow-headers', cors.allowedHeaders.join(','));
  if (cors.maxAgeSeconds !== undefined) response.setHeader('access-control-max-age', String(cors.maxAgeSeconds));
}
