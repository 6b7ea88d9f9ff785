/** DynamoDB: dynalite on a folder, with the stack's tables. What was answered survives a kill of the process. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { readBody } from '../aws-endpoint/read-body.ts';
import type { Clock } from '../clock.ts';
import type { CloudDescription } from '../serverless-file/description.ts';
import { expireItems } from './expire-items.ts';
import { repairIndexes } from './repair-indexes.ts';
import { createTables, TableUnfinishedError } from './tables.ts';
import type { DynamodbRequest, DynamodbResponse } from './worker.ts';

export interface Dynamodb {
  handle: ServiceHandler;
  call: CallDynamodb;
  close(): Promise<void>;
}

export interface DynamodbOptions {
  /** Folder of the store, created if missing. */
  directory: string;
  description: Pick<CloudDescription, 'tables' | 'region' | 'accountId'>;
  clock: Clock;
  onError(error: unknown): void;
}

/** Runs one action with its input's structure; rejects with AwsError. */
export type CallDynamodb = (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>;

const LARGEST_REQUEST_BYTES = 16 * 1024 * 1024;

/** Starts the store and creates the tables that are not there yet. */
export async function startDynamodb(options: DynamodbOptions): Promise<Dynamodb> {
  try {
    return await start(options);
  } catch (error) {
    if (!(error instanceof TableUnfinishedError) || error.othersInUse) throw error;
    // Nothing was ever written to a table that never was active.
    rmSync(options.directory, { recursive: true });
    return start(options);
  }
}

async function start({ directory, description, clock, onError }: DynamodbOptions): Promise<Dynamodb> {
  const { region, accountId } = description;
  const thread = createThread(directory, { AWS_REGION: region, AWS_ACCOUNT_ID: accountId }, onError);
  const call: CallDynamodb = async (action, input) => {
    const headers = { ...OWN_HEADERS, 'x-amz-target': `DynamoDB_20120810.${action}` };
    const { status, body } = await thread.send(headers, Buffer.from(JSON.stringify(input)));
    const output = JSON.parse(body);
    if (status === 200) return output;
    throw new AwsError(status, String(output.__type).split('#').pop() ?? 'InternalServerError', String(output.message));
  };
  const mark = `${directory}.open`;
  const wasKilled = existsSync(mark);
  writeFileSync(mark, '');
  try {
    await createTables(description.tables, call);
    if (wasKilled) await repairIndexes(description.tables, call);
    await expireItems(description.tables, call, clock.now());
  } catch (error) {
    await thread.close();
    throw error;
  }
  let cancel = () => {};
  const expireDaily = () => {
    cancel = clock.after(86_400_000, () => {
      expireItems(description.tables, call, clock.now()).catch(onError);
      expireDaily();
    });
  };
  expireDaily();
  return {
    call,
    async handle(request, response) {
      const body = await readBody(request, LARGEST_REQUEST_BYTES);
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      const answer = await thread.send(Object.fromEntries(headers), body);
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    },
    async close() {
      cancel();
      await thread.close();
      rmSync(mark, { force: true });
    },
  };
}

/** dynalite looks at the form of a signature, not at its truth. */
const OWN_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
};

interface Thread {
  send(headers: Record<string, string>, body: Buffer): Promise<DynamodbResponse>;
  close(): Promise<void>;
}

/** When the thread dies, what it owed is answered as a failure that SDKs retry, and the next request starts a new one. */
function createThread(directory: string, env: Record<string, string>, onError: (error: unknown) => void): Thread {
  const open = new Map<number, PromiseWithResolvers<DynamodbResponse>>();
  let lastId = 0;
  let worker: Worker | undefined;

  function startWorker(): Worker {
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    const started = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { path: directory },
      env,
      execArgv,
    });
    started.on('message', (response: DynamodbResponse) => {
      open.get(response.id)?.resolve(response);
      open.delete(response.id);
    });
    started.on('error', onError);
    started.on('exit', () => {
      for (const waiting of open.values()) {
        waiting.reject(new AwsError(500, 'InternalServerError', 'The embedded DynamoDB stopped; try again.'));
      }
      open.clear();
      worker = undefined;
    });
    return started;
  }

  return {
    send(headers, body) {
      const id = ++lastId;
      const answer = Promise.withResolvers<DynamodbResponse>();
      open.set(id, answer);
      const request: DynamodbRequest = { id, headers, body };
      worker ??= startWorker();
      worker.postMessage(request);
      return answer.promise;
    },
    async close() {
      await worker?.terminate();
    },
  };
}
