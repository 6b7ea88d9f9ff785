import type { Run } from './run.ts';
import type { RunStore } from './run-store.ts';

/** The run store in memory, for tests of what stands on it. */
export function createMemoryRunStore(): RunStore {
  const runs = new Map<string, Run>();
  const newestFirst = (a: Run, b: Run) => (sortKey(a) < sortKey(b) ? 1 : -1);
  return {
    read: async (runId) => structuredClone(runs.get(runId)),
    async write(run) {
      if ((runs.get(run.runId)?.revision ?? 0) !== run.revision) return undefined;
      const written = structuredClone({ ...run, revision: run.revision + 1 });
      runs.set(run.runId, written);
      return structuredClone(written);
    },
    async list({ projects, limit = 50, cursor } = {}) {
      const all = [...runs.values()].filter((run) => !projects || projects.includes(run.project)).sort(newestFirst);
      const rest = cursor ? all.filter((run) => sortKey(run) < cursor) : all;
      const page = structuredClone(rest.slice(0, limit));
      const last = page.at(-1);
      return {
        runs: page,
        ...(last && rest.length > limit ? { cursor: sortKey(last) } : {}),
      };
    },
    async needingAttention(now, limit) {
      const due = [...runs.values()].filter((run) => run.attentionAt && run.attentionAt <= now.toISOString());
      due.sort((a, b) => ((a.attentionAt ?? '') < (b.attentionAt ?? '') ? -1 : 1));
      return due.slice(0, limit).map((run) => run.runId);
    },
  };
}

function sortKey(run: Run): string {
  return `${run.createdAt}#${run.runId}`;
}
