/** Who asks the HTTP API. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Identities } from '../access/identities.ts';
import { encodeUri, stringToSign } from '../s3/auth/canonical-request.ts';
import { sameSignature, scopeText, sign, signingKey } from '../s3/auth/signing.ts';
import type { RouteDescription } from '../serverless-file/description.ts';
import type { JwtAuthorizer, JwtPrincipal } from './jwt-authorizer.ts';

/** What an IAM authorizer leaves in the request's context. */
export interface IamPrincipal {
  accessKey: string;
  accountId: string;
  callerId: string;
  cognitoIdentity: null;
  principalOrgId: null;
  userArn: string;
  userId: string;
}

/** What stands in the request's context. */
export type Authorizer = { readonly iam: IamPrincipal } | { readonly jwt: JwtPrincipal };

export type Authorization =
  /** `authorizer` undefined: nobody has signed, which only people of this machine may do. */
  | { readonly allowed: true; readonly authorizer?: Authorizer }
  | { readonly allowed: false; readonly status: 401 | 403; readonly message: string };

export interface SentRequest {
  readonly request: IncomingMessage;
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly query: string;
  readonly body: Buffer;
}

export interface Authority {
  readonly identities: Pick<Identities, 'find'>;
  readonly accountId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * A signature is checked as AWS checks it. An unsigned request is taken, because this address is of this machine alone;
 * not so one that a page of another site has made a browser send. A token is refused, as by AWS.
 */
export function authorize(sent: SentRequest, authority: Authority): Authorization {
  const { authorization } = sent.request.headers;
  if (authorization === undefined) {
    return isFromThisMachine(sent.request) ? { allowed: true } : forbidden;
  }
  if (!authorization.startsWith('AWS4-HMAC-SHA256')) return unauthorized;
  const principal = verify(sent, authorization, authority);
  return principal ? { allowed: true, authorizer: { iam: principal } } : forbidden;
}

/** The same for a route that asks for a token, of everybody. */
export async function authorizeToken(
  { headers: { authorization } }: IncomingMessage,
  { name, scopes }: NonNullable<RouteDescription['jwt']>,
  authorizers: ReadonlyMap<string, JwtAuthorizer>,
  now: number,
): Promise<Authorization> {
  const verdict = await authorizers.get(name)?.check(authorization, scopes, now);
  if (verdict === 'forbidden') return forbidden;
  if (verdict === undefined || verdict === 'unauthorized') return unauthorized;
  return { allowed: true, authorizer: { jwt: verdict } };
}

const unauthorized: Authorization = { allowed: false, status: 401, message: 'Unauthorized' };
const forbidden: Authorization = { allowed: false, status: 403, message: 'Forbidden' };
const skewMaximumMilliseconds = 5 * 60_000;

function isFromThisMachine({ headers: { host, origin } }: IncomingMessage): boolean {
  return [host === undefined ? undefined : `http://${host}`, origin].every(
    (address) => address === undefined || (URL.canParse(address) && isLoopback(new URL(address))),
  );
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** undefined: the signature is not one of a key that is known here, not of now, or not of this request. */
function verify(sent: SentRequest, authorization: string, authority: Authority): IamPrincipal | undefined {
  const fields = new Map(
    authorization
      .slice('AWS4-HMAC-SHA256 '.length)
      .split(',')
      .map((field) => splitField(field.trim())),
  );
  const [, accessKeyId = '', day = '', region = '', service = ''] =
    /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(fields.get('Credential') ?? '') ?? [];
  const identity = authority.identities.find(accessKeyId);
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';');
  const date = String(sent.request.headers['x-amz-date'] ?? '');
  if (!identity || service !== 'execute-api' || !signedHeaders.includes('host')) return undefined;
  if (!date.startsWith(day) || !isNow(date, authority.now) || !hasItsHash(sent)) return undefined;
  const scope = { day, region, service };
  const toSign = stringToSign(date, scopeText(scope), canonicalRequest(sent, signedHeaders));
  const expected = sign(signingKey(identity.secretAccessKey, scope), toSign);
  if (!sameSignature(expected, fields.get('Signature') ?? '')) return undefined;
  return {
    ...{ accessKey: accessKeyId, accountId: authority.accountId, callerId: accessKeyId, userId: accessKeyId },
    ...{ cognitoIdentity: null, principalOrgId: null, userArn: identity.arn },
  };
}

function splitField(field: string): [string, string] {
  const equals = field.indexOf('=');
  return [field.slice(0, equals), field.slice(equals + 1)];
}

function isNow(date: string, now: number): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.map(Number) ?? [];
  const signedAt = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  return Math.abs(now - signedAt) <= skewMaximumMilliseconds;
}

function hasItsHash({ request, body }: SentRequest): boolean {
  const claimed = request.headers['x-amz-content-sha256'];
  return claimed === undefined || claimed === sha256(body);
}

/** Unlike S3, this service encodes once more the path that it was sent. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function canonicalRequest({ request, path, query, body }: SentRequest, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map((name) => {
    const values = request.headersDistinct[name] ?? [];
    return `${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}\n`;
  });
  return [
    request.method,
    path.split('/').map(encodeUri).join('/'),
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encodeUri(name)}=${encodeUri(value)}`);
  return pairs.sort((a, b) => (a < b ? -1 : 1)).join('&');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
