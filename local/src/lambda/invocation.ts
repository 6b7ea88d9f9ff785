/** What passes between the pool and a function's worker thread. */

/** An invocation as the worker sees it. */
export interface Invocation {
  requestId: string;
  /** The event as JSON. */
  payload: string;
  /** When the function is cut off; milliseconds since 1970. */
  deadline: number;
}

/** How an error of a function is reported, in the words of Lambda. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace: string[];
  /** The function did not run: there is none of that name, or it has no concurrency. */
  refusal?: 'missing' | 'throttled';
}

/** The function's result as JSON (`null` for no result), or its error. */
export type InvocationResult = { ok: true; payload: string } | ({ ok: false } & FunctionError);

export interface WorkerData {
  handlerUrl: string;
  handlerExport: string;
  functionName: string;
  functionArn: string;
  memoryMegabytes: number;
  logGroupName: string;
  compileCacheDirectory: string;
}

export type WorkerMessage =
  | { type: 'ready' }
  | { type: 'init-error'; error: FunctionError }
  | { type: 'result'; requestId: string; result: InvocationResult }
  /** The worker ends after this. */
  | { type: 'fatal'; error: FunctionError };

export function toFunctionError(error: unknown, errorType?: string): FunctionError {
  if (!(error instanceof Error)) {
    const errorMessage = typeof error === 'string' ? error : JSON.stringify(error);
    return { errorType: errorType ?? typeof error, errorMessage: errorMessage ?? 'undefined', trace: [] };
  }
  return { errorType: errorType ?? error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
