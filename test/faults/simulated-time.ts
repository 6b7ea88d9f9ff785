/** Time for a whole process: real time, ahead by all that was leapt over. */
import type { Clock } from '@dropforge/local';

export interface SimulatedTime extends Clock {
  /** Goes on to the next timer at once and runs what is due; false: there is no timer. */
  leap(): boolean;
}

/**
 * Puts the process's `Date` and a clock for the embedded cloud ahead to `from` (milliseconds since 1970; the past is now).
 * Timers of the runtime keep real time: libraries wait for their own back-off and nothing else has to.
 */
export function simulateTime(from: number, onLeap: (now: number) => void): SimulatedTime {
  const RealDate = Date;
  let ahead = Math.max(0, from - RealDate.now());
  const now = () => RealDate.now() + ahead;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  const timers = new Set<{ readonly due: number; fire(): void; cancel(): void }>();

  function after(milliseconds: number, callback: () => void): () => void {
    const fire = () => {
      timer.cancel();
      callback();
    };
    const real = setTimeout(fire, Math.min(Math.max(0, milliseconds), longestRealDelay));
    const cancel = () => {
      clearTimeout(real);
      timers.delete(timer);
    };
    const timer = { due: now() + Math.max(0, milliseconds), fire, cancel };
    timers.add(timer);
    return cancel;
  }

  function leap(): boolean {
    if (timers.size === 0) return false;
    const next = Math.min(...[...timers].map(({ due }) => due));
    ahead += Math.max(0, next - now());
    onLeap(now());
    for (const timer of [...timers].filter(({ due }) => due <= now())) timer.fire();
    return true;
  }

  return { now, after, leap };
}

/** Timers of Node cannot wait longer. */
const longestRealDelay = 2 ** 31 - 1;
