import type { Run } from './run.ts';

/** Where runs live. Every store passes the contract suite in `contract.ts`. */
export interface RunStore {
  /** Strongly consistent: what was written is read. */
  read(runId: string): Promise<Run | undefined>;
  /**
   * Writes the run if its revision in the store is still `run.revision` (0: if there is none yet) and returns it with
   * the next revision; undefined: somebody else was first, read again.
   */
  write(run: Run): Promise<Run | undefined>;
  /** Newest first; of these projects only, if some are named. */
  list(options?: {
    projects?: readonly string[];
    limit?: number;
    cursor?: string;
  }): Promise<{ runs: Run[]; cursor?: string }>;
  /** Runs whose `attentionAt` has come, the longest overdue first. */
  needingAttention(now: Date, limit: number): Promise<string[]>;
}
