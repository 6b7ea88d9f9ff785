import { RunId } from '@dropforge/events';
import type { CommitPorts } from '@dropforge/pipeline-state';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type HttpRequest, readBytes, readHeaders, readRequest } from './http-request.ts';
import { kitPorts } from './kit-ports.ts';
import { about, logger } from './observability.ts';
import { Problem, problemDocument } from './problem.ts';
import { once, wrap } from './wrap.ts';

export interface HttpResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route<Ports> = (request: HttpRequest, ports: Ports, kit: CommitPorts) => Promise<HttpResponse>;

/** A Lambda handler for an HTTP API: `routes` by route key (`GET /runs/{runId}`). Errors become problem documents. */
export function onHttp<Ports>(routes: Readonly<Record<string, Route<Ports>>>, createPorts: () => Ports) {
  const ports = once(createPorts);
  return wrap(async (event: APIGatewayProxyEventV2, cause) => {
    const { data: runId } = RunId.safeParse(event.pathParameters?.runId);
    if (runId) about({ runId });
    return answer(event, routes, ports, () => kitPorts(cause));
  });
}

/** What `onHttp` does with one request; tests call it with ports of their own. */
export async function answer<Ports>(
  event: APIGatewayProxyEventV2,
  routes: Readonly<Record<string, Route<Ports>>>,
  ports: () => Ports,
  kit: () => CommitPorts,
): Promise<APIGatewayProxyStructuredResultV2> {
  return answerProblems(event, async () => {
    const route = Object.hasOwn(routes, event.routeKey) ? routes[event.routeKey] : undefined;
    if (!route) throw new Problem(404, 'NO_SUCH_ROUTE', 'There is no such route.');
    return route(readRequest(event), ports(), kit());
  });
}

/** A request whose body is somebody's signed bytes: no authorizer has looked at it. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly what was sent: a signature covers bytes, not what they mean. */
  readonly body: Buffer;
}

export type SignedRoute<Ports> = (request: SignedRequest, ports: Ports, kit: CommitPorts) => Promise<HttpResponse>;

/** A Lambda handler for one route of an HTTP API whose callers sign the body, such as Slack. */
export function onSignedHttp<Ports>(route: SignedRoute<Ports>, createPorts: () => Ports) {
  const ports = once(createPorts);
  return wrap(async (event: APIGatewayProxyEventV2, cause) => answerSigned(event, route, ports, () => kitPorts(cause)));
}

/** What `onSignedHttp` does with one request; tests call it with ports of their own. */
export async function answerSigned<Ports>(
  event: APIGatewayProxyEventV2,
  route: SignedRoute<Ports>,
  ports: () => Ports,
  kit: () => CommitPorts,
): Promise<APIGatewayProxyStructuredResultV2> {
  return answerProblems(event, () => route({ headers: readHeaders(event), body: readBytes(event) }, ports(), kit()));
}

async function answerProblems(
  event: APIGatewayProxyEventV2,
  work: () => Promise<HttpResponse>,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const { status, body, headers } = await work();
    return respond(status, 'application/json', body, headers);
  } catch (error) {
    const problem = toProblem(error);
    return respond(problem.status, 'application/problem+json', problemDocument(problem, event.rawPath));
  }
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
