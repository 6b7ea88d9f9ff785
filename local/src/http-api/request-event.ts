/** Makes the event of payload format 2.0 of an HTTP request. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Authorizer } from './authorize.ts';
import type { RouteMatch } from './routes.ts';

export interface RequestParts {
  request: IncomingMessage;
  path: string;
  /** As it was sent, without the question mark. */
  query: string;
  body: Buffer;
  route: RouteMatch;
  accountId: string;
  /** What the authorizer leaves; undefined: there is none, or nobody has signed. */
  authorizer: Authorizer | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

export function requestEvent({
  request,
  path,
  query,
  body,
  route,
  accountId,
  authorizer,
  now,
}: RequestParts): APIGatewayProxyEventV2 {
  const method = request.method ?? 'GET';
  const { cookies, headers } = readHeaders(request);
  const parameters = queryParameters(query);
  const text = isText(headers['content-type']) && headers['content-encoding'] === undefined;
  const domainName = headers.host ?? 'localhost';
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers,
    ...(parameters === undefined ? {} : { queryStringParameters: parameters }),
    ...(Object.keys(route.pathParameters).length > 0 ? { pathParameters: route.pathParameters } : {}),
    requestContext: {
      accountId,
      apiId: 'local',
      ...(authorizer ? { authorizer } : {}),
      domainName,
      domainPrefix: domainName.split('.')[0] ?? domainName,
      http: {
        method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(body.length > 0 ? { body: body.toString(text ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** Names in lower case, several values joined by commas; cookies stand apart. */
function readHeaders(request: IncomingMessage): { cookies: string[]; headers: Record<string, string> } {
  const { cookie, ...others } = request.headersDistinct;
  const headers = Object.entries(others).map(([name, values]) => [name, (values ?? []).join(',')]);
  const cookies = (cookie ?? []).flatMap((line) => line.split(/;\s*/)).filter((one) => one !== '');
  return { cookies, headers: Object.fromEntries(headers) };
}

function queryParameters(query: string): Record<string, string> | undefined {
  if (query === '') return undefined;
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** Everything but these types reaches the function in base64. */
function isText(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  return /^(text\/|application\/(json|javascript|xml|[^;]*\+(json|xml)|x-www-form-urlencoded))/i.test(contentType);
}

/** `05/Jan/2026:07:08:09 +0000` */
function commonLogTime(now: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(now).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
