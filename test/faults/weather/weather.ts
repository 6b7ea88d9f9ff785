/** All that can go wrong in a world at once, as its plan has it. */
import { type Faults, type Job, ownAgent } from '@dropforge/local';
import { type Chance, chanceOf } from '../chance.ts';
import { jobs, kindOf, nameOfRun } from '../kinds.ts';
import type { Plan } from '../world/plan.ts';
import type { Mood } from '../world/simulated-jobs.ts';
import { lateDeliveries } from './late-deliveries.ts';
import { runNames } from './run-names.ts';
import { suddenDeath } from './sudden-death.ts';
import { throttledCalls } from './throttled-calls.ts';

export interface Weather {
  readonly faults: Faults;
  readonly moodOf: (job: Job) => Mood;
  /** By operation: calls of the product, and how many of them were refused. */
  readonly calls: ReadonlyMap<string, { calls: number; refused: number }>;
}

/** `runIds`: by their place, as far as they are known; `begun`: whether the world is built and may suffer. */
export function weatherOf(
  { seed, life, unkind, dies }: Plan,
  { runIds, begun }: { runIds: () => readonly string[]; begun: () => boolean },
): Weather {
  const chance = chanceOf(seed);
  // Each life begins to count its calls anew, and shall not have the same trouble again.
  const { onRequest, onEntry, calls } = throttledCalls(chanceOf(seed, life));
  const death = dies && suddenDeath(dies.atCall, dies.before);
  const answerBadly: NonNullable<Faults['onRequest']> = async (call, answer) => {
    const ofCloud = String(call.request.headers['user-agent']).includes(ownAgent);
    if (ofCloud || !begun()) return answer();
    await onRequest(call, () => (death ? death(call, answer) : answer()));
  };
  const moodOf = (job: Job) => mood(job, runIds(), unkind ? chance : undefined);
  if (!unkind) return { moodOf, calls, faults: { onRequest: withSimulatedDate((_call, answer) => answer()) } };
  const onDelivery = lateDeliveries(chance, runNames(runIds));
  return { moodOf, calls, faults: { onDelivery, onEntry, onRequest: withSimulatedDate(answerBadly) } };
}

/** Node puts the real time into its answers, and clients would set their clocks by it. */
function withSimulatedDate(onRequest: NonNullable<Faults['onRequest']>): NonNullable<Faults['onRequest']> {
  return async (call, answer) => {
    call.response.setHeader('date', new Date().toUTCString());
    await onRequest(call, answer);
  };
}

const noCapacityShare = 0.2;
const interruptedShare = 0.2;
/** The recipe's list of instance types is no longer than this, and no run shall fail for want of them. */
const mostCapacityErrors = 2;

function mood({ name, kind, request }: Job, runIds: readonly string[], chance: Chance | undefined): Mood {
  const { runId = '', attempt = 0 } = jobs.read(name) ?? {};
  const index = runIds.indexOf(runId);
  const spot = request.EnableManagedSpotTraining === true;
  if (spot && kindOf(index) === 'gets no spot capacity in time') return 'waits too long';
  if (!chance || kind !== 'training') return 'fine';
  if (attempt <= mostCapacityErrors && chance('capacity', nameOfRun(index), attempt) < noCapacityShare)
    return 'no capacity';
  return chance('spot', nameOfRun(index), attempt) < interruptedShare ? 'interrupted' : 'fine';
}
