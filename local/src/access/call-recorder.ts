/** Writes every call of AWS's API to a file, one JSON line each: who asked for what, what it takes, what was answered. */
import { createWriteStream, mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { knownBody } from '../aws-endpoint/read-body.ts';
import type { ApiCall } from './permissions-for.ts';
import type { Permission } from './policy.ts';

export interface RecordedCall extends ApiCall {
  /** ISO 8601. */
  readonly at: string;
  readonly caller: { readonly kind: 'account' | 'function' | 'role'; readonly name: string };
  /** Everything that the caller needs for it; none for a call of the account's. */
  readonly permissions: readonly Permission[];
  /** What the caller lacks of it, and was refused for. */
  readonly refused?: Permission;
  readonly request: {
    readonly method: string;
    /** Path and query, as they were sent. */
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Base64; left away for what is uploaded to S3. */
    readonly body?: string;
  };
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, unknown>>;
    /** Base64; left away for what is read from S3. */
    readonly body?: string;
  };
}

/** What AWS did by itself with a function's or a role's rights, in the same file; nobody sent a request for it. */
export type RecordedDeed = CallFacts & Pick<RecordedCall, 'at'>;

/** What is known once the request has been read. */
export type CallFacts = Pick<RecordedCall, 'caller' | 'service' | 'operation' | 'input' | 'permissions' | 'refused'>;

export interface CallRecorder {
  /** Follows a request to its answer; requests that nobody `name`s are not written. */
  follow(request: IncomingMessage, response: ServerResponse): void;
  name(request: IncomingMessage, facts: CallFacts): void;
  /** Writes what has no request. */
  note(facts: CallFacts): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Objects themselves are not kept, only structures. */
const LARGEST_BODY_BYTES = 1024 * 1024;

export function createCallRecorder(file: string, now: () => number): CallRecorder {
  mkdirSync(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'a' });
  const named = new WeakMap<IncomingMessage, CallFacts>();
  let closed = false;

  async function write(request: IncomingMessage, answer: RecordedCall['answer']): Promise<void> {
    const facts = named.get(request);
    if (facts === undefined) return;
    const body = await knownBody(request)?.catch(() => undefined);
    keep({
      ...facts,
      request: {
        method: request.method ?? 'GET',
        target: request.url ?? '/',
        headers: textHeaders(request.headers),
        ...(body === undefined ? {} : { body: body.toString('base64') }),
      },
      answer,
    });
  }

  function keep(entry: Omit<RecordedCall, 'at'> | CallFacts): void {
    // Who is cut off at the end is answered after the last line.
    if (!closed) stream.write(`${JSON.stringify({ at: new Date(now()).toISOString(), ...entry })}\n`);
  }

  return {
    follow(request, response) {
      const given = keepHeaders(response);
      const body = keepBody(response);
      response.once('close', () => {
        const { statusCode: status } = response;
        const headers = { ...response.getHeaders(), ...given };
        const kept = isStructure(headers['content-type']) ? body() : undefined;
        void write(request, { status, headers, ...(kept === undefined ? {} : { body: kept.toString('base64') }) });
      });
    },
    name: (request, facts) => void named.set(request, facts),
    note: keep,
    close() {
      closed = true;
      return new Promise((resolve) => stream.end(resolve));
    },
  };
}

function textHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function isStructure(contentType: unknown): boolean {
  return /json|xml/.test(String(contentType));
}

/** What `writeHead` is given is not among the headers that a response tells of. */
function keepHeaders(response: ServerResponse): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const original = response.writeHead;
  Object.defineProperty(response, 'writeHead', {
    value: (...parts: unknown[]) => {
      const headers = parts.at(-1);
      if (typeof headers === 'object') Object.assign(kept, headers);
      return Reflect.apply(original, response, parts);
    },
  });
  return kept;
}

/** Keeps what goes through `write` and `end`; gives nothing once it is too much. */
function keepBody(response: ServerResponse): () => Buffer | undefined {
  const chunks: Buffer[] = [];
  let size = 0;
  const keep = (chunk: unknown) => {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
    size += chunk.length;
    if (size <= LARGEST_BODY_BYTES) chunks.push(Buffer.from(chunk));
  };
  for (const method of ['write', 'end'] as const) {
    const original = response[method];
    Object.defineProperty(response, method, {
      value: (...parts: unknown[]) => {
        keep(parts[0]);
        return Reflect.apply(original, response, parts);
      },
    });
  }
  return () => (size <= LARGEST_BODY_BYTES ? Buffer.concat(chunks) : undefined);
}
