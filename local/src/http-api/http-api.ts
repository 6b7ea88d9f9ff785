/** The HTTP API: routes of serverless.yml on a port of their own, in front of the functions. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Identities } from '../access/identities.ts';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { readBody } from '../aws-endpoint/read-body.ts';
import type { Clock } from '../clock.ts';
import type { InvocationResult } from '../lambda/invocation.ts';
import type { CloudDescription } from '../serverless-file/description.ts';
import { type Authorization, authorize, authorizeToken } from './authorize.ts';
import { applyCors } from './cors.ts';
import { createJwtAuthorizer } from './jwt-authorizer.ts';
import { requestEvent } from './request-event.ts';
import { sendMessage, sendResult } from './response.ts';
import { createRoutes } from './routes.ts';

/** What the API needs as soon as the cloud stands. */
export interface HttpApiBackend {
  description: Pick<CloudDescription, 'functions' | 'cors' | 'accountId' | 'jwtAuthorizers'>;
  clock: Clock;
  invoke(target: string, payload: string): Promise<InvocationResult>;
  /** Whose signatures count. */
  identities: Pick<Identities, 'find'>;
  log(line: string): void;
}

/** API Gateway refuses larger bodies. */
const LARGEST_BODY_BYTES = 10 * 1024 * 1024;
/** API Gateway does not wait longer for a function. */
const LONGEST_WAIT_MILLISECONDS = 30_000;

/** Requests wait for `ready`, so that the port can be taken before the functions stand. */
export function createHttpApi(ready: Promise<HttpApiBackend>, onError: (error: unknown) => void): Server {
  const answer = ready.then(createAnswer);
  answer.catch(() => {
    // Whoever started the cloud hears of it; here only requests wait.
  });
  return createServer((request, response) => {
    answer
      .then((handle) => handle(request, response))
      .catch((error: unknown) => {
        if (!(error instanceof AwsError)) onError(error);
        if (response.headersSent) response.destroy();
        else if (error instanceof AwsError && error.status === 413)
          sendMessage(response, 413, 'Request Entity Too Large');
        else sendMessage(response, 500, 'Internal Server Error');
      });
  });
}

function createAnswer({ description, clock, invoke, identities, log }: HttpApiBackend) {
  const findRoute = createRoutes(description.functions);
  const tokens = new Map(
    description.jwtAuthorizers.map((one) => [one.name, createJwtAuthorizer({ ...one, log })] as const),
  );
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (applyCors(description.cors, request, response)) return;
    const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
    const route = findRoute(request.method ?? 'GET', path);
    if (route === undefined) return sendMessage(response, 404, 'Not Found');
    const body = await readBody(request, LARGEST_BODY_BYTES);
    const { accountId } = description;
    const sent = { request, path, query, body };
    const caller: Authorization = !route.authorized
      ? { allowed: true }
      : route.jwt
        ? await authorizeToken(request, route.jwt, tokens, clock.now())
        : authorize(sent, { identities, accountId, now: clock.now() });
    if (!caller.allowed) return sendMessage(response, caller.status, caller.message);
    const event = requestEvent({ ...sent, route, accountId, authorizer: caller.authorizer, now: clock.now() });
    const result = await inTime(invoke(route.target, JSON.stringify(event)));
    if (result === undefined) sendMessage(response, 503, 'Service Unavailable');
    else if (result.ok) sendResult(response, result.payload);
    else sendMessage(response, 500, 'Internal Server Error');
  };
}

/** Undefined when the function takes too long; it runs on all the same. */
async function inTime(result: Promise<InvocationResult>): Promise<InvocationResult | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), LONGEST_WAIT_MILLISECONDS);
  try {
    return await Promise.race([result, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function splitOnce(text: string, separator: string): string[] {
  const position = text.indexOf(separator);
  return position < 0 ? [text] : [text.slice(0, position), text.slice(position + 1)];
}
