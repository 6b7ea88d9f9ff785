import { type TrainingJobStateChange, trainingJobStateChange } from '@dropforge/events';
import { createMemoryBudgetStore, createMemorySlotLedger, jobNames, type Run } from '@dropforge/pipeline-state';
import type { Ports, StartResult, TrainingRequest } from './ports.ts';

/** Ports in memory: `world` says how SageMaker and the bucket answer, the rest is what a test looks at. */
export function createFakePorts(limit = 1) {
  const ledger = createMemorySlotLedger();
  const budget = createMemoryBudgetStore();
  const world = {
    /** To each request in turn; then all are started. */
    answers: [] as StartResult[],
    modelBytes: 1_000 as number | undefined,
    budgetUsd: undefined as number | undefined,
    limits: {} as Record<string, number>,
    /** What Describe says. */
    jobs: {} as Record<string, TrainingJobStateChange>,
    now: new Date('2026-01-01T00:00:00.000Z'),
  };
  const requests: TrainingRequest[] = [];
  const stopped: string[] = [];
  const sizedKeys: string[] = [];
  const woken: string[] = [];
  const ports: Ports = {
    names: jobNames('dev'),
    now: () => world.now,
    slots: { ...ledger, limitOf: (quota) => world.limits[quota] ?? limit },
    wake: async (runIds) => void woken.push(...runIds.slice(0, 1)),
    budget: { ...budget, limitOf: () => world.budgetUsd },
    jobs: {
      async start(request) {
        requests.push(request);
        const { instanceType, spot } = request;
        return world.answers.shift() ?? { kind: 'started', instanceType, spot };
      },
      stop: async (jobName) => void stopped.push(jobName),
      describe: async (jobName) => world.jobs[jobName],
    },
    async modelSize(key) {
      sizedKeys.push(key);
      return world.modelBytes;
    },
  };
  /** Takes a place of a quota as another run's job would; false: there was none. */
  const takeSlot = (quota = 'ml.g5.xlarge on-demand') =>
    ledger.claim({ quota, runId: otherRun, jobName: ports.names.of('train', otherRun, 1), instances: 1, limit });
  /** True when another run could have a slot now. */
  const hasFreeSlot = async (quota?: string) => {
    const free = await takeSlot(quota);
    await ledger.release({ runId: otherRun });
    return free;
  };
  return { ports, ledger, budget, world, requests, stopped, sizedKeys, woken, takeSlot, hasFreeSlot };
}

export const otherRun = 'run-aaaaaaaaaaaaaaaaaaaa';

/** What SageMaker says of a job. */
export function jobDetail(detail: Record<string, unknown>): TrainingJobStateChange {
  return trainingJobStateChange.detail.parse(detail);
}

/** A run in a state, with nothing else to it. */
export function runIn(state: Run['state'], fields: Partial<Run> = {}): Run {
  return {
    runId: 'run-mzxw6ytboi2gk3tdmfza',
    project: 'flowers',
    state,
    attempt: 1,
    revision: 3,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    facts: {},
    history: [],
    outbox: [],
    nudges: 0,
    ...fields,
  };
}
