/** What an action answers, and how it goes onto the wire. */

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestLine } from './request.ts';
import type { S3Error } from './s3-error.ts';
import { writeXml } from './xml.ts';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** A document, or an object's bytes. */
  readonly body?: string | AsyncIterable<Buffer>;
}

/** A document with status 200. */
export function xmlReply(document: string, headers: Reply['headers'] = {}): Reply {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: document };
}

/** S3's error document, or an empty body where HTTP allows none. */
export function errorReply(error: S3Error, request: RequestLine): Reply {
  if (error.status === 304) return { status: 304, headers: error.headers };
  const body = writeXml(
    'Error',
    {
      Code: error.code,
      Message: error.message,
      ...error.fields,
      Resource: request.rawPath,
      RequestId: request.id,
      HostId: hostId(request),
    },
    { namespace: false },
  );
  return { status: error.status, headers: { 'content-type': 'application/xml', ...error.headers }, body };
}

/** Writes the reply; resolves when the last byte is handed to the socket, rejects if the client has gone. */
export async function send(response: ServerResponse, request: RequestLine, reply: Reply): Promise<void> {
  response.statusCode = reply.status;
  response.setHeader('server', 'AmazonS3');
  response.setHeader('x-amz-request-id', request.id);
  response.setHeader('x-amz-id-2', hostId(request));
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    if (value !== undefined) response.setHeader(name, value);
  }
  if (reply.body === undefined || typeof reply.body === 'string') {
    const body = reply.body ?? '';
    if (request.method === 'HEAD') response.end();
    else if (reply.status === 204 || reply.status === 304) response.end();
    else response.setHeader('content-length', Buffer.byteLength(body)).end(body);
    return;
  }
  await pipeline(Readable.from(reply.body, { objectMode: false, highWaterMark: READ_AHEAD_BYTES }), response);
}

const READ_AHEAD_BYTES = 256 * 1024;

/** AWS names the host that answered; clients print it, nothing reads it. */
function hostId(request: RequestLine): string {
  return Buffer.from(`dropforge-s3-${request.id}`).toString('base64');
}
