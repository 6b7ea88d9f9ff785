/** What a request asks of AWS's API, read off the wire as the service's protocol has it. */
import type { IncomingMessage } from 'node:http';
import { readBody } from '../aws-endpoint/read-body.ts';
import { record } from './permissions/rule.ts';
import type { ApiCall } from './permissions-for.ts';
import { restOperations } from './rest-operations.ts';

const LARGEST_REQUEST_BYTES = 16 * 1024 * 1024;

/** For every service but S3, whose dispatcher knows its operations. @throws AwsError RequestEntityTooLarge */
export async function readCall(service: string, request: IncomingMessage): Promise<ApiCall> {
  const body = parse(await readBody(request, LARGEST_REQUEST_BYTES));
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const name = String(target);
    return { service, operation: name.slice(name.lastIndexOf('.') + 1), input: body };
  }
  const url = new URL(request.url ?? '/', 'http://local');
  const query = Object.fromEntries(url.searchParams);
  for (const { method, pattern, operation } of routesOf(service)) {
    const match = request.method === method ? pattern.exec(url.pathname) : null;
    if (match === null) continue;
    const path = Object.entries(match.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]);
    return { service, operation, input: { ...body, ...query, ...Object.fromEntries(path) } };
  }
  return { service, operation: `${request.method} ${url.pathname}`, input: { ...body, ...query } };
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(body.toString('utf8') || '{}'));
  } catch {
    return {}; // a message to IoT may be anything; elsewhere the service itself refuses it
  }
}

const compiled = new Map<string, ReturnType<typeof compile>[]>();

function routesOf(service: string) {
  const known = compiled.get(service) ?? (restOperations[service] ?? []).map(compile);
  compiled.set(service, known);
  return known;
}

function compile([operation, method, path]: readonly [string, string, string]) {
  const source = path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { operation, method, pattern: new RegExp(`^${source}$`) };
}
