import {
  type AnyEvent,
  configRendered,
  contractOf,
  datasetReceived,
  datasetValidated,
  deploymentCompleted,
  deploymentStarted,
  modelValidated,
} from '@dropforge/events';
import { runExternalStep, runStep, type Step } from '@dropforge/handler-kit';
import {
  type CommitPorts,
  createMemoryRunStore,
  createMemorySlotLedger,
  isTerminal,
  type OutboxEntry,
  type Run,
  runIdOf,
} from '@dropforge/pipeline-state';
import { settleConversion } from '../../services/conversion-starter/src/settle-conversion.ts';
import { startConversion } from '../../services/conversion-starter/src/start-conversion.ts';
import type { Ports as ReconcilerPorts } from '../../services/reconciler/src/ports.ts';
import { tendRuns } from '../../services/reconciler/src/tend-runs.ts';
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
  readonly runId: string;
  /** How often each outside effect was had, by its name. */
  readonly effects: Map<string, number>;
  run(): Promise<Run | undefined>;
}

type Delivery =
  | { readonly kind: 'ours'; readonly entry: OutboxEntry }
  | { readonly kind: 'aws'; readonly detailType: string; readonly detail: Record<string, unknown> };

/** Everything of the flow that is ours is real; the world around it is as unkind as `fates` says, one fate a time. */
export async function live(
  fates: Iterator<{ fate: Fate; pick: number }>,
  ends: { training: 'Completed' | 'Failed' },
): Promise<World> {
  const runId = runIdOf('drop', 'bucket', 'drops/flowers/may/flowers.zip', 'v1');
  const effects = new Map<string, number>();
  const jobs = new Map<string, Record<string, unknown>>();
  const queue: Delivery[] = [];
  let clock = Date.UTC(2026, 0, 1);
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
    jobs.set(name, detail(end));
    for (const status of ['InProgress', end, end])
      queue.push({ kind: 'aws', detailType: `SageMaker ${kind} Job State Change`, detail: detail(status) });
  }
  const ledger = createMemorySlotLedger();
  const training = {
    slots: { limit: 1, claim: (id: string) => ledger.claim(id, 1), release: (id: string) => ledger.release(id) },
    jobs: {
      start: async ({ jobName }: { jobName: string }) => {
        startJob(jobName, 'Training', ends.training);
        return { kind: 'started' as const, instanceType: 'ml.test' };
      },
      stop: async () => {},
    },
    modelSize: async () => 1,
  };
  const conversion = {
    jobs: {
      start: async ({ jobName }: { jobName: string }) => startJob(jobName, 'Processing', 'Completed'),
      stop: async () => {},
      exitMessage: async () => undefined,
    },
    readFile: async () => new Uint8Array([1]),
  };
  const reconciler: ReconcilerPorts = {
    describeTraining: async (name) => jobs.get(name),
    describeConversion: async (name) => jobs.get(name),
    say: async (detailType, detail) => void queue.push({ kind: 'aws', detailType, detail }),
    resay: async (entry) => void queue.push({ kind: 'ours', entry }),
    releaseSlot: (id) => ledger.release(id),
    drops: { bucket: 'bucket', list: async function* () {} },
  };

  /** The steps whose insides do not matter here: each has one effect that must be had once. */
  const steps: Record<string, Step<{ name: string; data: never }, undefined>> = {
    'dataset.received': async (_event, _ports, run) =>
      datasetValidated.of({ ...datasetValidated.example, ...subject(run) }),
    'dataset.validated': async (_event, _ports, run) =>
      configRendered.of({ ...configRendered.example, ...subject(run) }),
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
  const begin: AnyEvent = datasetReceived.of({ runId, project: 'flowers', attempt: 1, source });
  await runExternalStep(
    { detail: undefined, resources: [], time: '' },
    async () => ({ runId, event: begin }),
    undefined,
    kit,
  );

  for (let turn = 0; turn < 3_000; turn++) {
    const run = await kit.runs.read(runId);
    if (queue.length === 0 && run && isTerminal(run.state) && run.outbox.length === 0) break;
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
  return { runId, effects, run: () => kit.runs.read(runId) };
}

function subject({ runId, project, attempt }: Run) {
  return { runId, project, attempt };
}
