/** Clients of AWS wait before they try again, up to seconds of real time that tell nothing here: they wait a fiftieth of it. */

const hurry = 50;
const retrying = /@smithy\/core\/.*\/retry\//;

/** Changes `setTimeout` for the whole process; other timers, such as those of requests, keep their time. */
export function hurryRetries(): void {
  const real = globalThis.setTimeout;
  const hurried = (callback: () => void, milliseconds = 0, ...rest: []) =>
    real(callback, mayBeRetry(milliseconds) && isRetry() ? milliseconds / hurry : milliseconds, ...rest);
  globalThis.setTimeout = Object.assign(hurried, real);
}

/** Back-off is left to chance; limits of requests are whole seconds. Most timers are these, and asking for the stack is slow. */
function mayBeRetry(milliseconds: number): boolean {
  return milliseconds > 1 && milliseconds % 1_000 !== 0;
}

/** Whether the caller of `setTimeout` is the SDK's retry loop. */
function isRetry(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 5;
  const { stack = '' } = new Error('who calls?');
  Error.stackTraceLimit = stackTraceLimit;
  return retrying.test(stack);
}
