/** What a test's cloud says about its runs: who waits for a run looks at it when there is news instead of again and again. */
import type { Faults } from '@dropforge/local';

export interface News {
  /** Grows with every event that is on its way to a function and names the run. */
  about(runId: string): number;
}

export type Listener = NonNullable<Faults['onDelivery']>;

/** `listen` belongs into the cloud's `faults`; it delivers everything. */
export function createNews(): News & { readonly listen: Listener } {
  const heard = new Map<string, number>();
  return {
    about: (runId) => heard.get(runId) ?? 0,
    listen({ payload }) {
      for (const [runId] of payload.matchAll(/run-[a-z2-7]{20}/g)) heard.set(runId, (heard.get(runId) ?? 0) + 1);
      return [0];
    },
  };
}
