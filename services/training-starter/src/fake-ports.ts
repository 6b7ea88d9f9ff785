import { createMemorySlotLedger, type Run } from '@dropforge/pipeline-state';
import type { Ports, StartResult, TrainingRequest } from './ports.ts';

/** Ports in memory: `world` says how SageMaker and the bucket answer, the rest is what a test looks at. */
export function createFakePorts(limit = 1) {
  const ledger = createMemorySlotLedger();
  const world = {
    answer: undefined as StartResult | undefined,
    modelBytes: 1_000 as number | undefined,
  };
  const requests: TrainingRequest[] = [];
  const stopped: string[] = [];
  const sizedKeys: string[] = [];
  const ports: Ports = {
    slots: { limit, claim: (runId) => ledger.claim(runId, limit), release: (runId) => ledger.release(runId) },
    jobs: {
      async start(request) {
        requests.push(request);
        return world.answer ?? { kind: 'started', instanceType: request.instanceType };
      },
      stop: async (jobName) => void stopped.push(jobName),
    },
    async modelSize(key) {
      sizedKeys.push(key);
      return world.modelBytes;
    },
  };
  /** True when another run could have a slot now. */
  const hasFreeSlot = async () => {
    const free = await ledger.claim('somebody else', limit);
    await ledger.release('somebody else');
    return free;
  };
  return { ports, ledger, world, requests, stopped, sizedKeys, hasFreeSlot };
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
