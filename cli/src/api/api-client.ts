import { ProblemDocument, type RouteContract, routes } from '@dropforge/api-contract';
import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { problemError } from './problem-error.ts';

type Routes = typeof routes;
export type RouteName = keyof Routes;
type Answer<Name extends RouteName> = z.output<Routes[Name]['answer']>;

/** The parts of a request that a route takes; which ones, the contract says. */
export type Asked<Name extends RouteName> = PathOf<Routes[Name]['path']> &
  (Routes[Name] extends { body: infer Body extends z.ZodType } ? { body: z.input<Body> } : object) &
  (Routes[Name] extends { query: z.ZodType } ? { query?: Record<string, string | number | undefined> } : object) & {
    headers?: Record<string, string>;
  };

type PathOf<Path extends string> = Path extends `${string}{${infer Parameter}}${string}`
  ? { path: Record<Parameter, string> }
  : object;

export interface ApiClient {
  readonly url: string;
  /** Asks a route; throws CliError for a problem document, for silence, and for an answer that is none of the API's. */
  call<Name extends RouteName>(name: Name, asked: Asked<Name>): Promise<Answer<Name>>;
}

export interface ApiClientOptions {
  readonly url: string;
  /** Adds what proves who asks. */
  readonly authorize?: (request: UnsignedRequest) => Promise<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Attempts of requests that change nothing. */
  readonly attempts?: number;
}

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TIMEOUT_MILLISECONDS = 35_000; // API Gateway gives up after 30 s
const PAUSE_MILLISECONDS = 250;

/** The API, typed by its contract. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  return {
    url: options.url,
    async call(name, asked) {
      const route: RouteContract = routes[name];
      const request = toRequest(route, options.url, asked);
      const response = await send(request, options, route.method === 'GET' ? (options.attempts ?? 3) : 1);
      const parsed = route.answer.safeParse(response.content);
      if (parsed.success) return parsed.data as Answer<typeof name>; // parsed by this very route's schema
      throw new CliError('unreachable', 'ANSWER_NOT_UNDERSTOOD', 'The answer is not one of the Dropforge API.', {
        where: `${request.method} ${request.url}`,
        action: 'Check the address (--api); client and API may also be of different versions.',
        cause: parsed.error,
      });
    },
  };
}

function toRequest(
  { method, path }: RouteContract,
  base: string,
  asked: {
    path?: Record<string, string>;
    query?: Record<string, unknown>;
    body?: unknown;
    headers?: Record<string, string>;
  },
): UnsignedRequest {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asked.path?.[name] ?? ''));
  const url = new URL(`${base.replace(/\/+$/, '')}${filled}`);
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const body = asked.body === undefined ? '' : JSON.stringify(asked.body);
  return { method, url, body, headers: { ...(body && { 'content-type': 'application/json' }), ...asked.headers } };
}

/** Trouble on the way passes; a refusal stays. Only requests that may be repeated are. */
async function send(
  request: UnsignedRequest,
  options: ApiClientOptions,
  attempts: number,
): Promise<{ content: unknown }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(request, options);
    } catch (error) {
      if (!(error instanceof CliError) || error.exit !== 'unreachable' || attempt >= attempts) throw error;
      await pause(PAUSE_MILLISECONDS * 2 ** (attempt - 1), options.signal);
    }
  }
}

async function sendOnce(
  request: UnsignedRequest,
  { authorize, signal }: ApiClientOptions,
): Promise<{ content: unknown }> {
  const { method, url, headers, body } = request;
  const proof = (await authorize?.(request)) ?? {};
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      headers: { ...headers, ...proof },
      ...(body && { body }),
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CliError('unreachable', 'API_NOT_REACHABLE', `The API does not answer: ${causeOf(error)}.`, {
      where: url.origin,
      action: 'Start the embedded cloud with "npm start", or name another one with --api or --stage.',
      cause: error,
    });
  }
  const content = parseJson(text);
  if (response.ok) return { content };
  throw problemError(response.status, ProblemDocument.safeParse(content).data, content, `${method} ${url.pathname}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MILLISECONDS / 1000} s`;
  const { cause } = error;
  const text = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : '') : '';
  return text || error.message;
}

/** Resolves after a while; rejects with AbortError when the signal comes first. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { setTimeout } = await import('node:timers/promises');
  await setTimeout(milliseconds, undefined, signal ? { signal } : {});
}
