/** Somebody's server that takes webhooks, and checks them as docs/integrate.md tells. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedEvent {
  readonly type: string;
  readonly eventId: string;
  readonly data: Record<string, unknown>;
}

export interface Receiver {
  readonly url: string;
  /** What was signed with the secret, in the order of arrival. */
  readonly events: ReceivedEvent[];
  /** `webhook-id` of everything that was not. */
  readonly refused: unknown[];
  secret: string;
  /** How many requests are answered with 500 before the next is taken. */
  failures: number;
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (receiver.failures > 0) {
      receiver.failures--;
      return response.writeHead(500).end();
    }
    if (isSigned(request.headers, body, receiver.secret)) receiver.events.push(JSON.parse(body));
    else receiver.refused.push(request.headers['webhook-id']);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, so not a path
  const receiver: Receiver = {
    ...{ url: `http://127.0.0.1:${port}/hook`, events: [], refused: [], secret: '', failures: 0 },
    close: () => server.close(),
  };
  return receiver;
}

function isSigned(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures = '' } = headers;
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`);
  const given = String(signatures)
    .split(' ')
    .map((one) => Buffer.from(one));
  return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}
