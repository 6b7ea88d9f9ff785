/** AWS's REST protocol: method and path name the action, structures are JSON. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { readBody } from '../aws-endpoint/read-body.ts';

export interface RestRequest {
  /** The parts of the path in braces, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as a structure; an empty body is an empty structure. */
  json(): Record<string, unknown>;
}

/** Gives the response's structure, if it has one; `status` where it is not 200. Refuses by throwing AwsError. */
export type RestAction = (request: RestRequest) => RestAnswer | Promise<RestAnswer>;
export type RestAnswer = { readonly status?: number; readonly body: unknown };

const largestRequestBytes = 1 << 20;

/** A service from its actions, by method and path: `GET /things/{thingName}`. */
export function restService(actions: Readonly<Record<string, RestAction>>): ServiceHandler {
  const routes = Object.entries(actions).map(([route, action]) => ({ ...compile(route), action }));
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://local');
    for (const { method, pattern, action } of routes) {
      const match = request.method === method ? pattern.exec(url.pathname) : null;
      if (!match) continue;
      const body = await readBody(request, largestRequestBytes);
      const path = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]),
      );
      const { headers } = request;
      const answer = await action({ path, query: url.searchParams, headers, body, json: () => parse(body) });
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        'x-amzn-requestid': randomUUID(),
      });
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
      return;
    }
    const known = Object.keys(actions).join(', ');
    throw new AwsError(
      404,
      'UnknownOperationException',
      `The embedded cloud has no ${request.method} ${url.pathname}; it has ${known}.`,
    );
  };
}

/** A text that a request must have. */
export function required(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length > 0) return value;
  throw new AwsError(400, 'ValidationException', `${field} is missing.`);
}

function compile(route: string): { method: string; pattern: RegExp } {
  const [method = '', path = ''] = route.split(' ');
  const pattern = path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^${pattern}$`) };
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // answered below, like every other body that is no structure
  }
  throw new AwsError(400, 'SerializationException', 'The request body is not a JSON structure.');
}
