/** Counts what is being done, so that nobody leaps in time while something is. */

export interface Work {
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when nothing is being done and nothing begins for a few turns of the event loop. */
  quiet(): Promise<void>;
}

const quietTurns = 5;

export function createWork(): Work {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return {
    async during(work) {
      underWay++;
      try {
        return await work();
      } finally {
        underWay--;
        if (underWay === 0) for (const wake of waiting.splice(0)) wake();
      }
    },
    async quiet() {
      for (let turns = 0; turns < quietTurns; turns++) {
        if (underWay > 0) {
          await new Promise<void>((resolve) => waiting.push(resolve));
          turns = 0;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
