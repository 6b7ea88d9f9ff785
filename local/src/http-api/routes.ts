/** Finds the function for a request: full match first, then greedy `{proxy+}`, then `$default`. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
import type { FunctionDescription, RouteDescription } from '../serverless-file/description.ts';

export interface RouteMatch {
  /** Key of the function. */
  target: string;
  /** `GET /runs/{runId}`, `ANY /{proxy+}` or `$default`. */
  routeKey: string;
  pathParameters: Record<string, string>;
  /** Whether an authorizer stands before it. */
  authorized: boolean;
  jwt: RouteDescription['jwt'];
}

/** Undefined for a path that no route takes. */
export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

export function createRoutes(functions: Pick<FunctionDescription, 'key' | 'routes'>[]): FindRoute {
  const routes = functions.flatMap(({ key, routes: own }) => own.map((route) => compile(key, route)));
  routes.sort((a, b) => compare(a.rank, b.rank));
  return (method, path) => {
    const segments = split(path);
    for (const route of routes) {
      if (route.method !== 'ANY' && route.method !== method) continue;
      const pathParameters = route.match(segments);
      if (pathParameters !== undefined) {
        const { target, routeKey, authorized, jwt } = route;
        return { target, routeKey, pathParameters, authorized, jwt };
      }
    }
    return undefined;
  };
}

interface CompiledRoute {
  target: string;
  method: string;
  routeKey: string;
  authorized: boolean;
  jwt: RouteDescription['jwt'];
  /** Smaller is more specific, compared number by number. */
  rank: number[];
  match(segments: string[]): Record<string, string> | undefined;
}

function compile(target: string, { method, path, authorized, jwt }: RouteDescription): CompiledRoute {
  if (path === '$default')
    return { target, method: 'ANY', routeKey: '$default', authorized, jwt, rank: [3], match: () => ({}) };
  const parts = split(path);
  const anyMethod = method === 'ANY' ? 1 : 0;
  return {
    target,
    method,
    routeKey: `${method} ${path}`,
    authorized,
    jwt,
    rank: [...parts.map(segmentRank), anyMethod],
    match: (segments) => matchSegments(parts, segments),
  };
}

/** A fixed segment comes before a variable, and a variable before a greedy one. */
function segmentRank(part: string): number {
  if (part.endsWith('+}')) return 2;
  return part.startsWith('{') ? 1 : 0;
}

function compare(a: number[], b: number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function matchSegments(parts: string[], segments: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    // A variable takes a segment that is there and not empty.
    if (segment === undefined || (part.startsWith('{') && segment === '')) return undefined;
    if (part.endsWith('+}')) return { ...parameters, [part.slice(1, -2)]: decode(segments.slice(index).join('/')) };
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = decode(segment);
    else if (part !== segment) return undefined;
  }
  return parts.length === segments.length ? parameters : undefined;
}

function split(path: string): string[] {
  return path.slice(1).split('/');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign: the segment is what was sent.
    return text;
  }
}
