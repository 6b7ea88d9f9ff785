/** One worker thread that holds one function: starts it, gives it one event at a time, cuts it off at the timeout. */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FunctionDescription } from '../serverless-file/description.ts';
import type { FunctionError, InvocationResult, WorkerData, WorkerMessage } from './invocation.ts';
import type { LogFile } from './log-file.ts';

export interface Sandbox {
  /** Runs the function once; never rejects. Only one invocation at a time. A retry has the id of the first attempt. */
  invoke(payload: string, requestId?: string): Promise<InvocationResult>;
  /** Whether it ended, so that no further invocation is possible. */
  readonly ended: boolean;
  close(): Promise<void>;
}

export interface SandboxOptions {
  description: FunctionDescription;
  /** The handler's file, or its bundle. */
  moduleFile: string;
  environment: Record<string, string>;
  log: LogFile;
  compileCacheDirectory: string;
}

/** How long a handler may take to load; Lambda gives ten seconds, a busy laptop needs more. */
const INIT_TIMEOUT_MILLISECONDS = 60_000;

export function createSandbox(options: SandboxOptions): Sandbox {
  const { description, environment, log } = options;
  const startedAt = performance.now();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    env: environment,
    workerData: workerDataOf(options),
    // Not the flags of this process, which may be a test runner's.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: description.memoryMegabytes },
    stdout: true,
    stderr: true,
  });
  log.follow(worker.stdout);
  log.follow(worker.stderr);
  const ready = Promise.withResolvers<FunctionError | undefined>();
  let current: ((result: InvocationResult) => void) | undefined;
  let ended = false;
  let initMilliseconds: number | undefined;

  function end(error: FunctionError): void {
    ended = true;
    ready.resolve(error);
    current?.({ ok: false, ...error });
  }

  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'result') return current?.(message.result);
    if (message.type !== 'ready') return end(message.error);
    initMilliseconds = performance.now() - startedAt;
    ready.resolve(undefined);
  });
  worker.on('error', (error: Error & { code?: string }) => {
    const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    end({ errorType: outOfMemory ? 'Runtime.OutOfMemory' : error.name, errorMessage: error.message, trace: [] });
  });
  worker.on('exit', (code) => {
    end({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: exit status ${code}`, trace: [] });
  });

  async function run(requestId: string, payload: string): Promise<InvocationResult> {
    const loading = setTimeout(
      () => end(timedOut(requestId, INIT_TIMEOUT_MILLISECONDS / 1000)),
      INIT_TIMEOUT_MILLISECONDS,
    );
    const failure = await ready.promise;
    clearTimeout(loading);
    if (failure !== undefined) return { ok: false, ...failure };
    const result = Promise.withResolvers<InvocationResult>();
    current = result.resolve;
    const milliseconds = description.timeoutSeconds * 1000;
    const timer = setTimeout(() => end(timedOut(requestId, description.timeoutSeconds)), milliseconds);
    worker.postMessage({ requestId, payload, deadline: Date.now() + milliseconds });
    const outcome = await result.promise;
    clearTimeout(timer);
    current = undefined;
    return outcome;
  }

  return {
    get ended() {
      return ended;
    },
    async invoke(payload, requestId = randomUUID()) {
      log.write(`START RequestId: ${requestId} Version: $LATEST`);
      const invokedAt = performance.now();
      const result = await run(requestId, payload);
      if (!result.ok) log.write(`ERROR RequestId: ${requestId} ${result.errorType}: ${result.errorMessage}`);
      log.write(report(requestId, performance.now() - invokedAt, initMilliseconds));
      initMilliseconds = undefined;
      if (ended) await worker.terminate();
      return result;
    },
    async close() {
      end({ errorType: 'Sandbox.Closed', errorMessage: 'The embedded cloud stops', trace: [] });
      await worker.terminate();
    },
  };
}

function workerDataOf({ description, moduleFile, compileCacheDirectory }: SandboxOptions): WorkerData {
  return {
    handlerUrl: pathToFileURL(moduleFile).href,
    handlerExport: description.handlerExport,
    functionName: description.name,
    functionArn: description.arn,
    memoryMegabytes: description.memoryMegabytes,
    logGroupName: `/aws/lambda/${description.name}`,
    compileCacheDirectory,
  };
}

function timedOut(requestId: string, seconds: number): FunctionError {
  const errorMessage = `${new Date().toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage, trace: [] };
}

function report(requestId: string, milliseconds: number, initMilliseconds: number | undefined): string {
  const init = initMilliseconds === undefined ? '' : ` Init Duration: ${initMilliseconds.toFixed(2)} ms`;
  return `REPORT RequestId: ${requestId} Duration: ${milliseconds.toFixed(2)} ms${init}`;
}
