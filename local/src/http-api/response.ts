/** Turns a function's result into an HTTP response, by the rules of payload format 2.0. */
import type { ServerResponse } from 'node:http';

/** Sends what the function returned (JSON text): a structure with a statusCode, or any value as 200 JSON. */
export function sendResult(response: ServerResponse, payload: string): void {
  const result: unknown = JSON.parse(payload);
  if (!isRecord(result) || result.statusCode === undefined) {
    response.setHeader('content-type', 'application/json');
    // A text is sent as it is, not as a JSON text.
    response.end(typeof result === 'string' ? result : payload);
    return;
  }
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    sendMessage(response, 500, 'Internal Server Error');
    return;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(isRecord(result.headers) ? result.headers : {})) {
    response.setHeader(name, String(value));
  }
  if (Array.isArray(result.cookies)) response.setHeader('set-cookie', result.cookies.map(String));
  response.end(bodyOf(result));
}

/** The gateway's own answers. */
export function sendMessage(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message }));
}

function bodyOf({ body, isBase64Encoded }: Record<string, unknown>): string | Buffer {
  if (body === undefined || body === null) return '';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return isBase64Encoded === true ? Buffer.from(text, 'base64') : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
