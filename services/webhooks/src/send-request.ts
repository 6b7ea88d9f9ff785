import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import {
  type AddressPolicy,
  AddressRefused,
  checkAddress,
  hostOf,
  readWebhookUrl,
} from '@dropforge/pipeline-state/webhooks';
import type { SendOutcome, SendRequest, WebhookRequest } from './ports.ts';

export interface SenderOptions extends AddressPolicy {
  /** From the first look-up to the answer's status. */
  readonly timeoutMilliseconds: number;
  /** Every address of a name; the resolver of the machine unless given. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
}

interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/**
 * Sends to the public internet alone. The name is resolved here, every address it has is checked, and the connection
 * goes to one of those: a name that means something else a moment later gains nothing. Redirects are not followed, and
 * of the answer the status alone is read.
 */
export function createSender(options: SenderOptions): SendRequest {
  return async (request) => {
    const signal = AbortSignal.timeout(options.timeoutMilliseconds);
    try {
      const url = readWebhookUrl(request.url, options);
      const addresses = await within(signal, resolveChecked(hostOf(url), options));
      return toOutcome(await post(url, request, { addresses, signal }));
    } catch (error) {
      return { ok: false, reason: reasonOf(error, signal, options.timeoutMilliseconds) };
    }
  };
}

async function resolveChecked(host: string, options: SenderOptions): Promise<readonly ResolvedAddress[]> {
  const resolve = options.resolve ?? ((name: string) => lookup(name, { all: true, verbatim: true }));
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
  if (addresses.length === 0) throw new AddressRefused(`The name ${host} has no address.`);
  for (const { address } of addresses) checkAddress(address, options);
  return addresses;
}

interface Connection {
  readonly addresses: readonly ResolvedAddress[];
  readonly signal: AbortSignal;
}

/** Gives the status. The response's body is never read: the connection is cut when the head is there. */
function post(url: URL, { headers, body }: WebhookRequest, { addresses, signal }: Connection): Promise<number> {
  const answered = Promise.withResolvers<number>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const sent = send(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    lookup: fixedLookup(addresses),
    agent: false,
    signal,
  });
  sent.on('error', answered.reject);
  sent.on('response', (response) => {
    answered.resolve(response.statusCode ?? 0);
    response.destroy();
  });
  sent.end(body);
  return answered.promise;
}

/** Answers node's question for addresses with those that were checked. */
function fixedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 0);
  };
}

function toOutcome(status: number): SendOutcome {
  if (status >= 200 && status < 300) return { ok: true, status };
  const redirect = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
  return { ok: false, status, reason: `The receiver answered ${status}${redirect}.` };
}

/** A look-up cannot be called off, only no longer waited for. */
async function within<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const onAbort = () => late.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function reasonOf(error: unknown, signal: AbortSignal, timeoutMilliseconds: number): string {
  if (signal.aborted) return `No answer within ${timeoutMilliseconds / 1_000} s.`;
  if (error instanceof AddressRefused) return error.message;
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return `The receiver could not be reached${code}.`;
}
