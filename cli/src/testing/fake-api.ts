import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RouteName, routeKey, routes } from '@dropforge/api-contract';

export interface FakeRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Answers a route; a `Problem` becomes a problem document. */
export type FakeRoute = (request: FakeRequest) => unknown;

export class Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;

  constructor(status: number, code: string, detail: string) {
    this.status = status;
    this.code = code;
    this.detail = detail;
  }
}

export interface FakeApi {
  readonly url: string;
  /** `METHOD /path`, in the order of arrival, with bodies. */
  readonly requests: (FakeRequest & { readonly route: string })[];
  close(): void;
}

/** A server that answers by the contract: what a route gives is checked by the contract's own schema before it is sent. */
export async function startFakeApi(fakes: Partial<Record<RouteName, FakeRoute>>): Promise<FakeApi> {
  const requests: FakeApi['requests'] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://fake');
    const text = Buffer.concat(await request.toArray()).toString();
    const name = (Object.keys(routes) as RouteName[]).find((one) =>
      matches(routeKey(routes[one]), request.method, url),
    ); // Object.keys forgets them
    const asked = {
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: text ? JSON.parse(text) : undefined,
    };
    requests.push({ ...asked, route: `${request.method} ${asked.path}` });
    const given =
      name && fakes[name] ? fakes[name](asked) : new Problem(404, 'NO_SUCH_ROUTE', `There is no ${asked.path}.`);
    if (given instanceof Problem) {
      const { status, code, detail } = given;
      response.writeHead(status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ type: 'about:blank', title: code, status, detail, code, instance: asked.path }));
    } else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(name ? routes[name].answer.parse(given) : given));
    }
  });
  return { url: await listen(server), requests, close: () => server.close() };
}

function matches(key: string, method: string | undefined, url: URL): boolean {
  const [wanted, path = ''] = key.split(' ');
  return wanted === method && new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url.pathname);
}

/** Starts a server on a free port of this machine. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server has no other address
}
