/** All functions: finds a warm sandbox or starts one, keeps to the concurrency, lets idle ones go. */
import path from 'node:path';
import type { FunctionDescription } from '../serverless-file/description.ts';
import type { InvocationResult } from './invocation.ts';
import { type KeptBundles, keepBundles } from './keep-bundles.ts';
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
/** So long an invocation waits for a thread that is loaded and busy: on two cores another one makes nothing faster at first. */
const PATIENCE_MILLISECONDS = 3_000;
/** A loaded function takes about 80 MB, and starting it again takes a tenth of a second or two. */
const DEFAULT_IDLE_MILLISECONDS = 30_000;

export function createFunctions(options: FunctionsOptions): Functions {
  const handlerFiles = options.functions.map(({ handlerFile }) => handlerFile);
  // Where one of them cannot be bundled all are loaded from their sources, and that one says why when it is called.
  const sources: KeptBundles = { files: new Map(), compileCache: path.join(options.directory, 'compile-cache') };
  const bundles = keepBundles(handlerFiles, path.join(options.directory, 'functions')).catch(() => sources);
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
  readonly bundles: Promise<KeptBundles>;
}

function createPool(description: FunctionDescription, options: PoolOptions): Pool {
  const concurrency = description.reservedConcurrency ?? DEFAULT_CONCURRENCY;
  const idle = new Map<Sandbox, NodeJS.Timeout>();
  const busy = new Set<Sandbox>();
  const queue: (() => void)[] = [];
  let log: LogFile | undefined;

  function take({ files, compileCache }: KeptBundles): Sandbox {
    for (const [sandbox, timer] of idle) {
      clearTimeout(timer);
      idle.delete(sandbox);
      if (!sandbox.ended) return sandbox;
    }
    log ??= openLogFile(path.join(options.directory, 'logs'), description.key);
    const moduleFile = files.get(description.handlerFile) ?? description.handlerFile;
    const environment = options.environmentOf(description);
    return createSandbox({ description, moduleFile, environment, log, compileCacheDirectory: compileCache });
  }

  /** Whether a loaded sandbox is free or a new one may be started: the first at once, another for whoever was patient. */
  function isTurn(patience: number): boolean {
    return idle.size > 0 || busy.size === 0 || (busy.size < concurrency && patience <= 0);
  }

  /** Resolves when a sandbox is given back, or when the patience is over. */
  async function change(patience: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.push(resolve);
    const timer = patience > 0 ? setTimeout(resolve, patience) : undefined;
    await promise;
    clearTimeout(timer);
    const place = queue.indexOf(resolve);
    if (place >= 0) queue.splice(place, 1);
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
      const bundles = await options.bundles;
      const deadline = performance.now() + PATIENCE_MILLISECONDS;
      const patience = () => deadline - performance.now();
      while (!isTurn(patience())) await change(patience());
      const sandbox = take(bundles);
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
