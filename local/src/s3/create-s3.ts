/** S3 on a folder: the part of its HTTP interface that an application uses, without AWS. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Credentials, verifyRequest } from './auth/verify-request.ts';
import { findOperation } from './dispatch.ts';
import type { Deliver } from './store/outbox.ts';
import { openStore } from './store/store.ts';
import { errorReply, send } from './wire/reply.ts';
import { type RequestLine, readRequest, readRequestLine, type S3Request } from './wire/request.ts';
import { asS3Error, S3Error } from './wire/s3-error.ts';

export interface S3Options {
  /** Created if it is not there; belongs to one process at a time. */
  readonly directory: string;
  /** The one key that requests must be signed with. */
  readonly credentials: Credentials;
  readonly region: string;
  /**
   * Takes requests that are signed for other regions as well. AWS refuses them, but this machine is in no region, and the
   * default of whoever drops a file here is seldom the stage's.
   */
  readonly anyRegion?: boolean;
  /**
   * Takes the events of buckets whose notifications go to EventBridge. Each is repeated, also after a restart, until the
   * promise resolves, so the same event can come more than once.
   */
  readonly onObjectCreated?: Deliver;
  /** Takes what an operator should know. */
  readonly log?: (message: string, detail: unknown) => void;
  /** Who else may sign, and what everybody may do; everything, with the one key, if not given. */
  readonly guard?: S3Guard;
  /** The clock; tests move it. */
  readonly now?: () => Date;
}

/** Callers by their access keys. A refusal is its sentence. */
export interface S3Guard {
  secretOf(accessKeyId: string): string | undefined;
  refuses(accessKeyId: string, operation: string, request: S3Request): string | undefined;
  /** Whether somebody who may read an object may not learn that there is none: they get 403 instead of 404. */
  hides(accessKeyId: string, operation: string, request: S3Request): boolean;
}

export interface S3 {
  /** Answers one request, with path-style addressing (`/bucket/key`). Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * Creates a bucket that sends its events to EventBridge; does nothing if it is there. Buckets that are created over HTTP
   * send none until their notification configuration says so, as on AWS.
   */
  createBucket(name: string): void;
  /** Cuts off the requests under way, waits for deliveries under way and gives the folder free. */
  close(): Promise<void>;
}

/** @throws {Error} S3_DIRECTORY_UNUSABLE, if the folder cannot be written or another process uses it. */
export async function createS3(options: S3Options): Promise<S3> {
  const {
    directory,
    credentials,
    region,
    anyRegion = false,
    onObjectCreated = () => undefined,
    log = () => undefined,
    guard = openTo(credentials),
  } = options;
  const now = options.now ?? (() => new Date());
  const store = await openStore({ directory, deliver: onObjectCreated, log });
  const underWay = new Map<IncomingMessage, Promise<void>>();
  let closed: Promise<void> | undefined;

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = readRequestLine(message);
    try {
      const request = readRequest(message, line);
      const verifier = { secretOf: guard.secretOf, region: anyRegion ? undefined : region, now };
      const verified = verifyRequest(request, verifier);
      const { name, action } = findOperation(request);
      const refusal = guard.refuses(verified.accessKeyId, name, request);
      if (refusal !== undefined) throw new S3Error('AccessDenied', { message: refusal });
      const reply = async () => action({ request, verified, store, region, now });
      await send(response, request, await orHidden(reply, () => guard.hides(verified.accessKeyId, name, request)));
    } catch (cause) {
      await fail(cause, { message, response, line, log });
    }
  }

  async function close(): Promise<void> {
    for (const message of underWay.keys()) message.destroy();
    await Promise.all(underWay.values());
    await store.close();
  }

  return {
    async handle(message, response) {
      if (closed) return void response.writeHead(503, { connection: 'close' }).end();
      const answered = answer(message, response).catch((error: unknown) => {
        log('S3_CONNECTION_LOST: the answer could not be sent', error);
        response.destroy();
      });
      underWay.set(message, answered);
      await answered;
      underWay.delete(message);
    },
    createBucket(name) {
      store.buckets.create(name, { createdMs: now().getTime(), eventBridge: true });
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function openTo({ accessKeyId, secretAccessKey }: Credentials): S3Guard {
  return {
    secretOf: (given) => (given === accessKeyId ? secretAccessKey : undefined),
    refuses: () => undefined,
    hides: () => false,
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions" */
async function orHidden<Reply>(reply: () => Promise<Reply>, hides: () => boolean): Promise<Reply> {
  try {
    return await reply();
  } catch (cause) {
    if (cause instanceof S3Error && cause.code === 'NoSuchKey' && hides()) throw new S3Error('AccessDenied');
    throw cause;
  }
}

interface Failed {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly line: RequestLine;
  readonly log: (message: string, detail: unknown) => void;
}

/** Answers with an error, as far as there is still somebody to answer. */
async function fail(cause: unknown, { message, response, line, log }: Failed): Promise<void> {
  if (isGone(cause) || (message.destroyed && !message.complete)) return void response.destroy();
  const error = asS3Error(cause);
  if (error.status >= 500 && error.code !== 'NotImplemented') {
    log(`S3_${error.code === 'SlowDown' ? 'DISK_FULL' : 'INTERNAL_ERROR'}: ${line.method} ${line.rawPath}`, cause);
  }
  // A client that has part of an object must not take it for the whole.
  if (response.headersSent) return void response.destroy();
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  // What is left of the body must be read, or the connection's next request would wait behind it for ever.
  message.resume();
  await send(response, line, errorReply(error, line));
}

/** Whether the client went away before it had everything. */
function isGone(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && GONE.has(String(cause.code));
}

const GONE = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
