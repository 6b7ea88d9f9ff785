/** Takes a request's whole body, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** @throws AwsError RequestEntityTooLarge past `largestBytes`; the rest of the body is not read. */
export async function readBody(request: IncomingMessage, largestBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBytes) {
      throw new AwsError(413, 'RequestEntityTooLarge', `The request is larger than ${largestBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
