import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from './problem.ts';

/** What a route is given: decoded, lower-case headers, never a raw body. */
export interface HttpRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined: no body. */
  readonly body: unknown;
  /** Who asks, as the authorizer says; `anonymous` where there is none. */
  readonly caller: string;
  /** The projects that the caller may act for and see; undefined: all. */
  readonly projects: readonly string[] | undefined;
}

/** The recipe, JSON's escapes and all, is a fifth of this; API Gateway itself would take 10 MB. */
const bodyMaximumBytes = 512 * 1024;

/** Reads payload format 2.0. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function readRequest(event: APIGatewayProxyEventV2): HttpRequest {
  const headers = readHeaders(event);
  return {
    path: clean(event.pathParameters),
    query: clean(event.queryStringParameters),
    headers,
    body: parseJson(readBytes(event), headers['content-type']),
    ...readPrincipal(event),
  };
}

/** API Gateway writes names in lower case and joins repeated ones by commas; whoever invokes the function may not. */
export function readHeaders(event: Pick<APIGatewayProxyEventV2, 'headers'>): Record<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value = ''] of Object.entries(event.headers ?? {})) {
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(headers);
}

/** The bytes that were sent, exactly; none: no body. */
export function readBytes({ body, isBase64Encoded }: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): Buffer {
  if (body && isBase64Encoded && !isBase64(body))
    throw new Problem(400, 'BODY_NOT_BASE64', 'The request body is marked as base64 and is none.');
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length <= bodyMaximumBytes) return bytes;
  throw new Problem(413, 'BODY_TOO_LARGE', `The request body has ${bytes.length} bytes; at most ${bodyMaximumBytes}.`);
}

function isBase64(text: string): boolean {
  const digits = text.replace(/={1,2}$/, '');
  return /^[A-Za-z0-9+/]*$/.test(digits) && digits.length % 4 !== 1;
}

function clean(parameters: Record<string, string | undefined> | undefined | null): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** A browser sends other types across origins without asking first, so nothing else counts as JSON. */
function parseJson(bytes: Buffer, contentType = ''): unknown {
  if (bytes.length === 0) return undefined;
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType)) {
    const sent = contentType ? 'something else' : 'nothing';
    throw new Problem(
      415,
      'CONTENT_TYPE_UNSUPPORTED',
      `Send the body with Content-Type: application/json; the request says ${sent}.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), wellFormed);
  } catch {
    throw new Problem(400, 'BODY_NOT_JSON', 'The request body is not JSON in UTF-8.');
  }
}

/** An escape can make half a character, which no store and no URL takes. https://www.rfc-editor.org/rfc/rfc7493#section-2.1 */
function wellFormed(name: string, value: unknown): unknown {
  if (name.isWellFormed() && (typeof value !== 'string' || value.isWellFormed())) return value;
  throw new SyntaxError('half a character');
}

/** What events carry as a person's name. */
const callerMaximum = 200;

/** What the authorizers of an HTTP API leave in the request's context. */
interface Authorizer {
  readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> };
  readonly iam?: { readonly userArn?: string };
}

/**
 * IAM names the caller by an ARN, a token by its subject, with the address beside it if the issuer has verified that.
 * Only a token can be limited to projects: by its claim `dropforge_projects`.
 */
function readPrincipal({ requestContext }: APIGatewayProxyEventV2): Pick<HttpRequest, 'caller' | 'projects'> {
  const { authorizer } = requestContext as { authorizer?: Authorizer }; // not in the type, but in payload 2.0
  const claims = authorizer?.jwt?.claims;
  const name = claims ? subjectOf(claims) : authorizer?.iam?.userArn;
  const limit = claims?.dropforge_projects;
  return {
    caller: withoutControls(name || 'anonymous').slice(0, callerMaximum),
    projects: limit === undefined ? undefined : listOf(limit),
  };
}

function subjectOf({ sub, email, email_verified: verified }: Readonly<Record<string, unknown>>): string {
  const subject = String(sub ?? '');
  return email && String(verified) === 'true' ? `${email} (${subject})` : subject;
}

/** API Gateway hands over a list as `[a b]`; a text may hold several names as well. */
function listOf(claim: unknown): string[] {
  const text = Array.isArray(claim) ? claim.join(' ') : String(claim);
  return text
    .replace(/^\[(.*)\]$/s, '$1')
    .split(/[\s,]+/)
    .filter(Boolean);
}

function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu, '\uFFFD');
}
