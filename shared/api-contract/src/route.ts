import type { z } from 'zod';

/** One route of the HTTP API: what may be asked and what is answered. The service and the command line share it. */
export interface RouteContract<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST';
  /** With `{name}` for path parameters, as API Gateway writes them. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
}

/** The route key of HTTP APIs: `GET /runs/{runId}`. */
export function routeKey({ method, path }: Pick<RouteContract, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
