/** All functions: finds a warm sandbox or starts one, keeps to the concurrency, lets idle ones go. */
import path from 'node:path';
import type { FunctionDescription } from '../serverless-file/description.ts';
import { bundleHandlers } from './bundle-handlers.ts';
import type { InvocationResult } from './invocation.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

export interface FunctionsOptions {
  functions: FunctionDescription[];
  /** State directory; logs go to `logs/<function>.log`. */
  directory: string;
  environmentOf(description: FunctionDescription): Record<string, string>;
  /** A sandbox without work for this long is closed. */
  idleMilliseconds?: number;
}

export interface Functions {
  /** Runs a function once; waits if it is at its limit. Never rejects: an unknown function is an error like its own. */
  invoke(key: string, payload: string, requestId?: string): Promise<InvocationResult>;
  /** Invocations at the same time. */
  concurrency(key: string): number;
  /** Cuts off everything that runs. */
  close(): Promise<void>;
}

/** Two cores are usual; more threads of one function only take memory. */
const DEFAULT_CONCURRENCY = 2;
/** A loaded function takes about 80 MB, and starting it again takes a tenth of a second or two. */
const DEFAULT_IDLE_MILLISECONDS = 30_000;

export function createFunctions(options: FunctionsOptions): Functions {
  const handlerFiles = options.functions.map(({ handlerFile }) => handlerFile);
  // Where one of them cannot be bundled all are loaded from their sources, and that one says why when it is called.
  const bundles = bundleHandlers(handlerFiles, path.join(options.directory, 'functions')).catch(() => new Map());
  const pools = new Map(
    options.functions.map((description) => [description.key, createPool(description, { ...options, bundles })]),
  );
  return {
    invoke: async (key, payload, requestId) =>
      (await pools.get(key)?.invoke(payload, requestId)) ?? notFound(key, [...pools.keys()]),
    concurrency: (key) => pools.get(key)?.concurrency ?? 1,
    async close() {
      await bundles; // the directory may go when this returns
      await Promise.all([...pools.values()].map((one) => one.close()));
    },
  };
}

interface Pool {
  concurrency: number;
  invoke(payload: string, requestId?: string): Promise<InvocationResult>;
  close(): Promise<void>;
}

interface PoolOptions extends FunctionsOptions {
  /** What each handler file is loaded from, once it is known. */
  readonly bundles: Promise<ReadonlyMap<string, string>>;
}

function createPool(description: FunctionDescription, options: PoolOptions): Pool {
  const concurrency = description.reservedConcurrency ?? DEFAULT_CONCURRENCY;
  const idle = new Map<Sandbox, NodeJS.Timeout>();
  const busy = new Set<Sandbox>();
  const queue: (() => void)[] = [];
  let log: LogFile | undefined;

  function take(moduleFile: string): Sandbox {
    for (const [sandbox, timer] of idle) {
      clearTimeout(timer);
      idle.delete(sandbox);
      if (!sandbox.ended) return sandbox;
    }
    log ??= openLogFile(path.join(options.directory, 'logs'), description.key);
    const compileCacheDirectory = path.join(options.directory, 'compile-cache');
    const environment = options.environmentOf(description);
    return createSandbox({ description, moduleFile, environment, log, compileCacheDirectory });
  }

  function giveBack(sandbox: Sandbox): void {
    busy.delete(sandbox);
    if (!sandbox.ended) {
      const timer = setTimeout(() => {
        idle.delete(sandbox);
        void sandbox.close();
      }, options.idleMilliseconds ?? DEFAULT_IDLE_MILLISECONDS);
      idle.set(sandbox, timer);
    }
    queue.shift()?.();
  }

  return {
    concurrency,
    async invoke(payload, requestId) {
      if (concurrency === 0) return throttled(description);
      const moduleFile = (await options.bundles).get(description.handlerFile) ?? description.handlerFile;
      while (busy.size >= concurrency) await new Promise<void>((resolve) => queue.push(resolve));
      const sandbox = take(moduleFile);
      busy.add(sandbox);
      try {
        return await sandbox.invoke(payload, requestId);
      } finally {
        giveBack(sandbox);
      }
    },
    async close() {
      for (const timer of idle.values()) clearTimeout(timer);
      await Promise.all([...idle.keys(), ...busy].map((sandbox) => sandbox.close()));
      idle.clear();
    },
  };
}

/** Also what becomes of an event whose function has left serverless.yml since it was accepted. */
function notFound(key: string, known: string[]): InvocationResult {
  const errorMessage = `There is no function ${key}; there are ${known.join(', ')}`;
  return { ok: false, errorType: 'ResourceNotFoundException', errorMessage, trace: [], refusal: 'missing' };
}

/** A reserved concurrency of zero switches a function off. */
function throttled({ name }: FunctionDescription): InvocationResult {
  const errorMessage = `${name} has no concurrency`;
  return { ok: false, errorType: 'TooManyRequestsException', errorMessage, trace: [], refusal: 'throttled' };
}
