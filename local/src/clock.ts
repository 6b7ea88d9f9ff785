/** Time as a dependency, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after a delay in milliseconds; the result cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Timers cannot wait longer than this (about 24 days). */
const LONGEST_DELAY = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, milliseconds), LONGEST_DELAY));
    return () => clearTimeout(timer);
  },
};
