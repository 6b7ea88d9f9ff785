/** Runs the functions' own handlers in this process: hundreds of runs need neither threads nor their start-up. */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { FunctionDescription, Functions, FunctionsOptions, InvocationResult } from '@dropforge/local';
import type { Work } from './work.ts';

/** Invocations of one function at the same time; AWS begins with a thousand for all of them together. */
const concurrency = 10;

/** The functions share a process, so its environment has what any of them needs; `environment` counts more than their own. */
export function functionsInProcess(work: Work, environment: Readonly<Record<string, string>>) {
  return ({ functions, environmentOf }: FunctionsOptions): Functions => {
    const loaded = new Map<string, Promise<Handler>>();
    const find = (key: string) => functions.find((one) => one.key === key);
    return {
      concurrency: (key) => find(key)?.reservedConcurrency ?? concurrency,
      invoke: (key, payload, requestId) =>
        work.during(async () => {
          const description = find(key);
          if (!description) return failed(new Error(`There is no function ${key}`));
          try {
            if (!loaded.has(key)) {
              Object.assign(process.env, environmentOf(description), environment);
              loaded.set(key, load(description));
            }
            const handler = await loaded.get(key);
            const value = await handler?.(JSON.parse(payload), contextOf(description, requestId));
            return { ok: true, payload: JSON.stringify(value) ?? 'null' };
          } catch (error) {
            return failed(error);
          }
        }),
      close: async () => {},
    };
  };
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function load({ handlerFile, handlerExport }: FunctionDescription): Promise<Handler> {
  const module = (await import(pathToFileURL(handlerFile).href)) as Record<string, Handler>; // serverless.yml names its handlers
  const handler = module[handlerExport];
  if (!handler) throw new Error(`${handlerFile} exports no ${handlerExport}`);
  return handler;
}

function contextOf(
  { name, arn, memoryMegabytes, timeoutSeconds }: FunctionDescription,
  awsRequestId: string = randomUUID(),
) {
  return {
    awsRequestId,
    functionName: name,
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMegabytes),
    getRemainingTimeInMillis: () => timeoutSeconds * 1_000,
  };
}

function failed(error: unknown): InvocationResult {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { ok: false, errorType: name, errorMessage: message, trace: stack.split('\n') };
}
