/** Takes a request's whole body, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** Who looks at a request before its service does reads the body first; it comes over the wire once. */
const bodies = new WeakMap<IncomingMessage, Promise<Buffer>>();

/** @throws AwsError RequestEntityTooLarge past `largestBytes`; the rest of the body is not read. */
export async function readBody(request: IncomingMessage, largestBytes: number): Promise<Buffer> {
  const body = bodies.get(request) ?? receive(request, largestBytes);
  bodies.set(request, body);
  if ((await body).length > largestBytes) throw tooLarge(largestBytes);
  return body;
}

/** The body, if anybody has asked for it. */
export function knownBody(request: IncomingMessage): Promise<Buffer> | undefined {
  return bodies.get(request);
}

async function receive(request: IncomingMessage, largestBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBytes) throw tooLarge(largestBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(largestBytes: number): AwsError {
  return new AwsError(413, 'RequestEntityTooLarge', `The request is larger than ${largestBytes} bytes.`);
}
