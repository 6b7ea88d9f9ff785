import {
  type AnyEvent,
  configRendered,
  contractOf,
  datasetReceived,
  datasetValidated,
  deploymentCompleted,
  deploymentStarted,
  modelValidated,
  processingJobStateChange,
  trainingJobStateChange,
} from '@dropforge/events';
import { runExternalStep, runStep, type Step } from '@dropforge/handler-kit';
import {
  type BudgetMonth,
  type CommitPorts,
  createMemoryBudgetStore,
  createMemoryRunStore,
  createMemorySlotLedger,
  isTerminal,
  jobNames,
  type OutboxEntry,
  type Run,
  runIdOf,
  wakeNext,
} from '@dropforge/pipeline-state';
import type { Ports as ConversionPorts } from '../../services/conversion-starter/src/ports.ts';
import { settleConversion } from '../../services/conversion-starter/src/settle-conversion.ts';
import { startConversion } from '../../services/conversion-starter/src/start-conversion.ts';
import type { Ports as ReconcilerPorts } from '../../services/reconciler/src/ports.ts';
import { tendRuns } from '../../services/reconciler/src/tend-runs.ts';
import type { Ports as TrainingPorts } from '../../services/training-starter/src/ports.ts';
import { settleTraining } from '../../services/training-starter/src/settle-training.ts';
import { startTraining } from '../../services/training-starter/src/start-training.ts';

/** What can happen to one delivery, or to one attempt to publish. `lost` only befalls what AWS calls best effort. */
export type Fate =
  | 'fine'
  | 'twice'
  | 'lost'
  | 'crash before publishing'
  | 'crash after publishing'
  | 'crash in the step';

export interface World {
  /** The first of the runs. */
  readonly runId: string;
  readonly runIds: readonly string[];
  /** How often each outside effect was had, by its name. */
  readonly effects: Map<string, number>;
  run(): Promise<Run | undefined>;
  runs(): Promise<(Run | undefined)[]>;
  /** Whether nobody holds a training slot. */
  slotsAreFree(): Promise<boolean>;
  /** How often nothing went on until the reconciler looked. */
  standstills(): number;
  /** Of the month in which the world began. */
  books(): Promise<BudgetMonth>;
}

/** What every job here costs: an hour on the one kind of instance. */
export const jobUsd = 1.5;

type Delivery =
  | { readonly kind: 'ours'; readonly entry: OutboxEntry }
  | { readonly kind: 'aws'; readonly detailType: string; readonly detail: Record<string, unknown> };

/** Everything of the flow that is ours is real; the world around it is as unkind as `fates` says, one fate a time. */
export async function live(
  fates: Iterator<{ fate: Fate; pick: number }>,
  ends: { training: 'Completed' | 'Failed' },
  { runCount = 1, budgetUsd }: { runCount?: number; budgetUsd?: number } = {},
): Promise<World> {
  const runIds = Array.from({ length: runCount }, (_, index) =>
    runIdOf('drop', 'bucket', 'drops/flowers/may/flowers.zip', `v${index + 1}`),
  );
  const [runId = ''] = runIds;
  const effects = new Map<string, number>();
  const jobs = new Map<string, Record<string, unknown>>();
  const queue: Delivery[] = [];
  let clock = beginning;
  const next = () => fates.next().value ?? { fate: 'fine' as const, pick: 0 };

  const kit: CommitPorts = {
    runs: createMemoryRunStore(),
    now: () => new Date(clock),
    async publish(entries) {
      const { fate } = next();
      if (fate === 'crash before publishing') return new Set();
      queue.push(...entries.map((entry): Delivery => ({ kind: 'ours', entry })));
      return fate === 'crash after publishing' ? new Set() : new Set(entries.map(({ eventId }) => eventId));
    },
  };

  const effect = (name: string) => effects.set(name, (effects.get(name) ?? 0) + 1);
  function startJob(name: string, kind: 'Training' | 'Processing', end: string) {
    if (jobs.has(name)) return;
    effect(name);
    const detail = (status: string) => ({ [`${kind}JobName`]: name, [`${kind}JobStatus`]: status });
    jobs.set(name, { ...detail(end), ...bill });
    for (const status of ['InProgress', end, end])
      queue.push({ kind: 'aws', detailType: `SageMaker ${kind} Job State Change`, detail: detail(status) });
  }
  const ledger = createMemorySlotLedger();
  const budget = createMemoryBudgetStore();
  const names = jobNames('dev');
  const now = kit.now;
  const wake = (waiting: readonly string[]) => wakeNext(waiting, { ...kit, slots: ledger });
  const training: TrainingPorts = {
    ...{ names, now, wake },
    slots: { ...ledger, limitOf: () => 1 },
    budget: { ...budget, limitOf: () => budgetUsd },
    jobs: {
      start: async ({ jobName, spot }) => {
        startJob(jobName, 'Training', ends.training);
        return { kind: 'started', instanceType, spot };
      },
      stop: async () => {},
      describe: async (name) => trainingJobStateChange.detail.safeParse(jobs.get(name)).data,
    },
    modelSize: async () => 1,
  };
  const conversion: ConversionPorts = {
    ...{ names, now, budget, instanceType },
    priceOf: () => jobUsd,
    jobs: {
      start: async ({ jobName }) => {
        startJob(jobName, 'Processing', 'Completed');
        return { kind: 'started' };
      },
      stop: async () => {},
      async describe(name) {
        const detail = processingJobStateChange.detail.safeParse(jobs.get(name)).data;
        return detail && { detail };
      },
    },
    readFile: async () => new Uint8Array([1]),
  };
  const reconciler: ReconcilerPorts = {
    describeTraining: async (name) => jobs.get(name),
    describeConversion: async (name) => jobs.get(name),
    say: async (detailType, detail) => void queue.push({ kind: 'aws', detailType, detail }),
    resay: async (entry) => void queue.push({ kind: 'ours', entry }),
    names,
    releaseSlot: async (id) => wake(await ledger.release({ runId: id })),
    withdrawBudget: (job) => budget.withdraw(job, now()),
    drops: { bucket: 'bucket', list: async function* () {} },
  };

  /** The steps whose insides do not matter here: each has one effect that must be had once. */
  const steps: Record<string, Step<{ name: string; data: never }, undefined>> = {
    'dataset.received': async (_event, _ports, run) =>
      datasetValidated.of({ ...datasetValidated.example, ...subject(run) }),
    'dataset.validated': async (_event, _ports, run) =>
      configRendered.of({ ...configRendered.example, ...terms, ...subject(run) }),
    'conversion.completed': async (_event, _ports, run) =>
      modelValidated.of({ ...modelValidated.example, ...subject(run), deployment: { to: 'group', approval: 'auto' } }),
    'model.validated': async (_event, _ports, run) => {
      const name = `deployment of ${run.runId} t${run.attempt}`;
      if (!effects.has(name)) effect(name); // CreateDeployment's client token
      return deploymentStarted.of({ ...deploymentStarted.example, ...subject(run) });
    },
    'deployment.started': async (_event, _ports, run) =>
      deploymentCompleted.of({ ...deploymentCompleted.example, ...subject(run) }),
  };

  async function deliver(delivery: Delivery): Promise<void> {
    if (delivery.kind === 'ours') {
      const { name, data } = delivery.entry;
      const event = { name: name as never, data: contractOf(name)?.data.parse(data) as never }; // parsed by its own contract
      if (name === 'config.rendered') return runStep(event, startTraining, training, kit);
      if (name === 'training.completed') return runStep(event, startConversion, conversion, kit);
      const step = steps[name];
      return step ? runStep(event, step, undefined, kit) : undefined;
    }
    const event = { detail: delivery.detail as never, resources: [], time: '' }; // made above in the contract's shape
    if (delivery.detailType.includes('Training')) return runExternalStep(event, settleTraining, training, kit);
    return runExternalStep(event, settleConversion, conversion, kit);
  }

  const source = { drop: 'drops/flowers/may/flowers.zip', kind: 'archive' as const, bytes: 1 };
  for (const id of runIds) {
    const begin: AnyEvent = datasetReceived.of({ runId: id, project: 'flowers', attempt: 1, source });
    await runExternalStep(
      { detail: undefined, resources: [], time: '' },
      async () => ({ runId: id, event: begin }),
      undefined,
      kit,
    );
  }
  const readAll = () => Promise.all(runIds.map((id) => kit.runs.read(id)));

  for (let turn = 0; turn < 3_000; turn++) {
    if (queue.length === 0 && (await readAll()).every((run) => run && isTerminal(run.state) && run.outbox.length === 0))
      break;
    if (queue.length === 0) {
      clock += 60_000;
      await tendRuns(reconciler, kit);
      continue;
    }
    const { fate, pick } = next();
    const [delivery] = queue.splice(pick % queue.length, 1);
    if (!delivery || (fate === 'lost' && delivery.kind === 'aws')) continue;
    if (fate === 'twice') queue.push(delivery);
    if (fate === 'crash in the step')
      queue.push(delivery); // EventBridge delivers it again
    else await deliver(delivery);
  }
  return {
    ...{ runId, runIds, effects, runs: readAll },
    run: () => kit.runs.read(runId),
    standstills: () => (clock - beginning) / 60_000,
    slotsAreFree: () =>
      ledger.claim({ quota: `${instanceType} on-demand`, runId: 'x', jobName: 'x', instances: 1, limit: 1 }),
    books: () => budget.read('flowers', new Date(beginning)),
  };
}

const beginning = Date.UTC(2026, 0, 1);
const instanceType = 'ml.g5.xlarge';
const terms = { instanceTypes: [instanceType], usdPerHour: { [instanceType]: jobUsd }, estimatedSeconds: 7_200 };
const instances = { InstanceType: instanceType, InstanceCount: 1 };
/** What only Describe says of a job. */
const bill = {
  ...{ BillableTimeInSeconds: 3_600, ResourceConfig: instances },
  ...{ ProcessingStartTime: beginning, ProcessingEndTime: beginning + 3_600_000 },
  ProcessingResources: { ClusterConfig: instances },
};

function subject({ runId, project, attempt }: Run) {
  return { runId, project, attempt };
}
