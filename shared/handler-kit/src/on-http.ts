import type { CommitPorts } from '@dropforge/pipeline-state';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { kitPorts } from './kit-ports.ts';
import { logger } from './observability.ts';
import { Problem, problemDocument } from './problem.ts';
import { once, wrap } from './wrap.ts';

/** What a route is given: decoded, lower-case headers, never a raw body. */
export interface HttpRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined: no body. */
  readonly body: unknown;
  /** Who asks, as the authorizer says; `anonymous` where there is none. */
  readonly caller: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route<Ports> = (request: HttpRequest, ports: Ports, kit: CommitPorts) => Promise<HttpResponse>;

/** A Lambda handler for an HTTP API: `routes` by route key (`GET /runs/{runId}`). Errors become problem documents. */
export function onHttp<Ports>(routes: Readonly<Record<string, Route<Ports>>>, createPorts: () => Ports) {
  const ports = once(createPorts);
  return wrap(async (event: APIGatewayProxyEventV2) => answer(event, routes, ports, kitPorts));
}

/** What `onHttp` does with one request; tests call it with ports of their own. */
export async function answer<Ports>(
  event: APIGatewayProxyEventV2,
  routes: Readonly<Record<string, Route<Ports>>>,
  ports: () => Ports,
  kit: () => CommitPorts,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const route = routes[event.routeKey];
    if (!route) throw new Problem(404, 'NO_SUCH_ROUTE', `There is no ${event.rawPath}.`);
    const { status, body, headers } = await route(toRequest(event), ports(), kit());
    return respond(status, 'application/json', body, headers);
  } catch (error) {
    const problem = toProblem(error);
    return respond(problem.status, 'application/problem+json', problemDocument(problem, event.rawPath));
  }
}

function toRequest(event: APIGatewayProxyEventV2): HttpRequest {
  const headers = Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']);
  return {
    path: clean(event.pathParameters),
    query: clean(event.queryStringParameters),
    headers: Object.fromEntries(headers),
    body: parseBody(event),
    caller: callerOf(event),
  };
}

function clean(parameters: Record<string, string | undefined> | undefined | null): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function parseBody({ body, isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  if (!body) return undefined;
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
  } catch {
    throw new Problem(400, 'BODY_NOT_JSON', 'The request body is not JSON.');
  }
}

/** What events carry as a person's name. */
const callerMaximum = 200;

/** JWT and IAM authorizers put the caller in different places; without one the caller is unknown. */
function callerOf({ requestContext }: APIGatewayProxyEventV2): string {
  const { authorizer } = requestContext as {
    authorizer?: {
      jwt?: { claims?: Record<string, unknown> };
      iam?: { userArn?: string };
    };
  }; // not in the type, but in payload 2.0
  const claims = authorizer?.jwt?.claims;
  const caller = claims?.email || claims?.sub || authorizer?.iam?.userArn || 'anonymous';
  return String(caller).slice(0, callerMaximum);
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  logger.error('REQUEST_FAILED: a route threw', error as Error); // anything thrown by our code is an Error
  return new Problem(
    500,
    'INTERNAL_ERROR',
    'The request failed on our side. The log has the reason under this request.',
  );
}

function respond(
  statusCode: number,
  contentType: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return {
    statusCode,
    headers: { 'content-type': contentType, ...headers },
    ...content,
  };
}
