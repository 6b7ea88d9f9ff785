/** Runs one function in a thread of its own, as Lambda's Node runtime does: load the handler, then one event after the other. */
import { randomUUID } from 'node:crypto';
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import {
  type Invocation,
  type InvocationResult,
  toFunctionError,
  type WorkerData,
  type WorkerMessage,
} from './invocation.ts';

type Handler = (event: unknown, context: Context) => unknown;

const data: WorkerData = workerData;

// Like the runtime: whatever nobody catches ends the sandbox and fails the invocation in it.
process.on('unhandledRejection', (reason) => end(toFunctionError(reason, 'Runtime.UnhandledPromiseRejection')));
process.on('uncaughtException', (error) => end(toFunctionError(error)));

enableCompileCache(data.compileCacheDirectory);
try {
  const handler = await loadHandler();
  parentPort?.on('message', (invocation: Invocation) => void run(handler, invocation));
  send({ type: 'ready' });
} catch (error) {
  send({ type: 'init-error', error: toFunctionError(error) });
}

async function loadHandler(): Promise<Handler> {
  const module: Record<string, unknown> = await import(data.handlerUrl);
  const handler = module[data.handlerExport];
  if (typeof handler === 'function') return (event, context) => handler(event, context);
  const error = new Error(`${data.handlerExport} is undefined or not exported by ${data.handlerUrl}`);
  error.name = 'Runtime.HandlerNotFound';
  throw error;
}

async function run(handler: Handler, invocation: Invocation): Promise<void> {
  process.env._X_AMZN_TRACE_ID = traceId();
  send({ type: 'result', requestId: invocation.requestId, result: await outcome(handler, invocation) });
}

async function outcome(handler: Handler, invocation: Invocation): Promise<InvocationResult> {
  try {
    const value = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    return { ok: true, payload: JSON.stringify(value) ?? 'null' };
  } catch (error) {
    return { ok: false, ...toFunctionError(error) };
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf({ requestId, deadline }: Invocation): Context {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.functionArn,
    logGroupName: data.logGroupName,
    logStreamName: 'local',
    memoryLimitInMB: String(data.memoryMegabytes),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
  };
}

function unsupported(): never {
  throw new Error('context.done, fail and succeed belong to Node 0.10; return a value or throw');
}

function traceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomUUID().replaceAll('-', '').slice(0, 24)};Sampled=0`;
}

function end(error: ReturnType<typeof toFunctionError>): void {
  console.error(JSON.stringify(error));
  send({ type: 'fatal', error });
  process.exit(1);
}

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}
