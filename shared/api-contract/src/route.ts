import type { z } from 'zod';
import type { ProblemCode } from './problems.ts';

/** One route of the HTTP API: what may be asked and what is answered. The service and the command line share it. */
export interface RouteContract<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{name}` for path parameters, as API Gateway writes them. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  /** The statuses of a success, the usual one first; [200] unless given. */
  readonly statuses?: readonly (200 | 201)[];
  /** Headers that the route reads, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Anybody may ask: no authorizer stands before it. */
  readonly open?: boolean;
  /** What may be wrong besides what may be wrong with any request. */
  readonly problems?: readonly ProblemCode[];
}

/** The route key of HTTP APIs: `GET /runs/{runId}`. */
export function routeKey({ method, path }: Pick<RouteContract, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
