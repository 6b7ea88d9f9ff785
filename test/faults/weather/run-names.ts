import { createHash } from 'node:crypto';
import { nameOfRun } from '../kinds.ts';

/** A name for a payload's run that is the same in every world with the same seed, though the run ids are not. */
export function runNames(runIds: () => readonly string[]): (payload: string) => string {
  return (payload) => {
    const runId = /run-[a-z2-7]{20}/.exec(payload)?.[0];
    const index = runId ? runIds().indexOf(runId) : -1;
    if (index >= 0) return nameOfRun(index);
    return /drops\/(project-\d+)\//.exec(payload)?.[1] ?? createHash('sha256').update(payload).digest('hex');
  };
}
