/** Input and output of a recorded call, read off the wire as the service's protocol has them. */
import type { RecordedCall } from '@dropforge/local';
import { parseXml } from './parse-xml.ts';
import { type Operation, type ServiceModel, type Shape, shapeOf } from './service-model.ts';

/** The parts of a message by member name. `undefined` parts were not recorded: uploads, downloads. */
export interface Message {
  readonly members: Record<string, unknown>;
  /** Members that stand in path, query and headers, whose scalars are texts. */
  readonly texts: ReadonlySet<string>;
  /** What stands there and belongs to no member. */
  readonly strays: string[];
}

/** @throws Error for a path that is not the operation's */
export function readRequest(model: ServiceModel, operation: Operation, call: RecordedCall): Message {
  const shape = operation.input && shapeOf(model, operation.input.shape);
  const body = decode(call.request.body);
  if (model.metadata.protocol === 'json') return { members: parseJson(body), texts: new Set(), strays: [] };
  const [path = '', search = ''] = splitOnce(call.request.target, '?');
  const query = new URLSearchParams(search);
  const values = { path: pathParts(operation, path), query, headers: new Headers({ ...call.request.headers }) };
  const message = readBindings(shape ?? { type: 'structure' }, values);
  const known = new Set([
    ...fixedQuery(operation),
    ...Object.values(shape?.members ?? {}).map(({ locationName }) => locationName),
  ]);
  const strays = [...query.keys()].filter((name) => !known.has(name) && !ofSignature.test(name));
  return withBody(model, { ...message, strays: strays.map((name) => `the query has ${name}`) }, shape, body);
}

export function readAnswer(model: ServiceModel, operation: Operation, call: RecordedCall): Message {
  const shape = operation.output && shapeOf(model, operation.output.shape);
  const body = decode(call.answer.body);
  if (model.metadata.protocol === 'json') return { members: parseJson(body), texts: new Set(), strays: [] };
  const headers = new Headers(
    Object.entries(call.answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const message = readBindings(shape ?? { type: 'structure' }, { path: {}, query: new URLSearchParams(), headers });
  return withBody(model, message, shape, body);
}

/** Presigned URLs, and what the SDK says about itself. */
const ofSignature = /^(X-Amz-(?!Tagging$)|x-id$)/i;

interface Values {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
}

function readBindings({ members = {} }: Shape, { path, query, headers }: Values): Message {
  const found: Record<string, unknown> = {};
  const texts = new Set<string>();
  for (const [name, { location, locationName = name }] of Object.entries(members)) {
    const value =
      location === 'uri'
        ? path[locationName]
        : location === 'querystring'
          ? (query.get(locationName) ?? undefined)
          : location === 'header'
            ? (headers.get(locationName) ?? query.get(locationName) ?? undefined)
            : location === 'headers'
              ? withPrefix(headers, locationName)
              : undefined;
    if (value === undefined) continue;
    found[name] = value;
    texts.add(name);
  }
  return { members: found, texts, strays: [] };
}

function withPrefix(headers: Headers, prefix: string): Record<string, string> | undefined {
  const entries = [...headers].filter(([name]) => name.startsWith(prefix.toLowerCase()));
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

function withBody(model: ServiceModel, message: Message, shape: Shape | undefined, body: string | undefined): Message {
  const { payload, members = {} } = shape ?? {};
  const bound = payload === undefined ? undefined : members[payload];
  if (body === undefined || body === '') return message;
  if (bound !== undefined && shapeOf(model, bound.shape).type !== 'structure') return message; // bytes of anything
  const inner = bound === undefined ? shape : shapeOf(model, bound.shape);
  const content =
    model.metadata.protocol === 'rest-xml' ? parseXml(body, inner ?? { type: 'structure' }, model) : parseJson(body);
  const named = Object.fromEntries(Object.entries(content).map(([name, value]) => [memberName(inner, name), value]));
  return { ...message, members: { ...message.members, ...(payload === undefined ? named : { [payload]: named }) } };
}

/** JSON bodies have members by their names on the wire. */
function memberName(shape: Shape | undefined, wireName: string): string {
  const member = Object.entries(shape?.members ?? {}).find(([, { locationName }]) => locationName === wireName);
  return member?.[0] ?? wireName;
}

/** `/{Bucket}/{Key+}` over a path. @throws Error if it does not fit */
function pathParts({ name, http }: Operation, path: string): Record<string, string> {
  const [template = ''] = http.requestUri.split('?');
  const source = template
    .replaceAll('.', '\\.')
    .replace(/\{(\w+)(\+?)\}/g, (_, part, greedy) => `(?<${part}>${greedy ? '.+' : '[^/]+'})`);
  const match = new RegExp(`^${source}/?$`).exec(path);
  if (match === null) throw new Error(`${name} is not at ${path}`);
  return Object.fromEntries(
    Object.entries(match.groups ?? {}).map(([part, value]) => [part, decodeURIComponent(value)]),
  );
}

function fixedQuery({ http }: Operation): string[] {
  return [...new URLSearchParams(http.requestUri.split('?')[1] ?? '').keys()];
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}

function parseJson(text: string | undefined): Record<string, unknown> {
  const value: unknown = JSON.parse(text || '{}');
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
