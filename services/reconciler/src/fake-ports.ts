import {
  type CommitPorts,
  createMemoryRunStore,
  jobNames,
  type OutboxEntry,
  type Run,
  runIdOf,
} from '@dropforge/pipeline-state';
import type { DropObject, Ports } from './ports.ts';

/** The world around the reconciler in memory, with a clock that a test sets. */
export function createFakeWorld() {
  const world = {
    minute: 0,
    /** Jobs by name; a name that is missing is unknown to SageMaker. */
    jobs: new Map<string, Record<string, unknown>>(),
    busTakes: true,
    drops: [] as DropObject[],
    said: [] as { detailType: string; detail: Record<string, unknown> }[],
    resaid: [] as OutboxEntry[],
    published: [] as string[],
    freed: [] as string[],
    withdrawn: [] as string[],
    described: [] as string[],
  };
  const describe = async (name: string) => {
    world.described.push(name);
    return world.jobs.get(name);
  };
  const ports: Ports = {
    describeTraining: describe,
    describeConversion: describe,
    say: async (detailType, detail) => void world.said.push({ detailType, detail }),
    resay: async (entry) => void world.resaid.push(entry),
    names: jobNames('dev'),
    releaseSlot: async (runId) => void world.freed.push(runId),
    withdrawBudget: async ({ jobName }) => void world.withdrawn.push(jobName),
    drops: {
      bucket: 'dropforge',
      async *list() {
        yield* world.drops;
      },
    },
  };
  const kit: CommitPorts = {
    runs: createMemoryRunStore(),
    now: () => new Date(at(world.minute)),
    async publish(entries) {
      if (!world.busTakes) return new Set();
      world.published.push(...entries.map(({ name }) => name));
      return new Set(entries.map(({ eventId }) => eventId));
    },
  };
  return { world, ports, kit };
}

/** Minutes after the beginning of the story, ISO 8601. */
export const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** A run that is due to be looked at from the beginning on. */
export function dueRun(cause: string, state: Run['state'], fields: Partial<Run> = {}): Run {
  return {
    runId: runIdOf(cause),
    project: 'flowers',
    state,
    attempt: 1,
    revision: 0,
    createdAt: at(0),
    updatedAt: at(0),
    facts: {},
    history: [],
    outbox: [],
    attentionAt: at(0),
    nudges: 0,
    ...fields,
  };
}
