import {
  type AnyEvent,
  type configRendered,
  type EventOf,
  trainingDeferred,
  trainingFailed,
  trainingQueued,
  trainingRefused,
  trainingStarted,
} from '@dropforge/events';
import { bucketKeys, type Run } from '@dropforge/pipeline-state';
import { endTraining } from './end-training.ts';
import { type Placement, placementsOf, quotaOf } from './placements.ts';
import type { Ports, StartResult } from './ports.ts';
import * as reasons from './reasons.ts';
import { refusedByBudget } from './reserve-budget.ts';
import { nextPlacement, waitingSince } from './waiting.ts';

type Rendered = EventOf<typeof configRendered>['data'];

/**
 * Starts the training job of a rendered configuration on the first of its placements that the account can have, or has
 * the run wait for a slot, a quota or capacity. A quota that is full is waited for; one that is too small is passed over.
 */
export async function startTraining(
  { data }: EventOf<typeof configRendered>,
  ports: Ports,
  run: Run,
): Promise<AnyEvent | undefined> {
  const jobName = ports.names.of('train', data.runId, data.attempt);
  const attempt: Attempt = { data, run, jobName, subject: subjectOf(data) };
  const waited = (ports.now().getTime() - waitingSince(run, ports.now()).getTime()) / 1_000;
  if (waited > data.maximumWaitSeconds) return fail(attempt, reasons.waitedTooLong(data, jobName));
  const placements = placementsOf(data);
  const first = nextPlacement(run);
  for (let tried = 0; tried < placements.length; tried++) {
    const index = (first + tried) % placements.length;
    const placement = placements[index];
    const outcome = placement && (await tryPlacement({ ...attempt, placement, index }, ports));
    if (outcome && outcome !== 'too small') return outcome.event;
  }
  return fail(attempt, reasons.quotasTooSmall(data, placements.map(quotaOf), jobName));
}

interface Attempt {
  readonly data: Rendered;
  readonly run: Run;
  readonly jobName: string;
  readonly subject: { readonly runId: string; readonly project: string; readonly attempt: number };
}
type Try = Attempt & { readonly placement: Placement; readonly index: number };
type Outcome = { readonly event: AnyEvent | undefined } | 'too small';

async function tryPlacement(attempt: Try, ports: Ports): Promise<Outcome> {
  const { data, run, jobName, subject, placement } = attempt;
  const quota = quotaOf(placement);
  const limit = ports.slots.limitOf(quota);
  if (limit < data.instanceCount) return 'too small';
  const request = { quota, runId: data.runId, jobName, instances: data.instanceCount, limit };
  const since = run.createdAt;
  // Asked for again once the wait is noted: a slot that came free in between would be nobody's.
  const claimed =
    (await ports.slots.claim(request)) ||
    (await ports.slots.wait(quota, data.runId, since).then(() => ports.slots.claim(request)));
  if (!claimed)
    return { event: waiting(run, trainingQueued.of({ ...subject, reasons: [reasons.slotsTaken(quota, limit)] })) };
  const refusal = await refusedByBudget({ data, placement, jobName }, ports);
  if (refusal) {
    await ports.slots.leave(data.runId);
    await ports.wake(await ports.slots.release({ jobName }));
    return { event: trainingRefused.of({ ...subject, reasons: [refusal] }) };
  }
  return settleStart(await ports.jobs.start(jobRequest(attempt)), attempt, ports);
}

async function settleStart(result: StartResult, attempt: Try, ports: Ports): Promise<Outcome> {
  const { data, run, jobName, subject, placement, index } = attempt;
  if (result.kind === 'started') {
    const { instanceType, spot } = result;
    return {
      event: trainingStarted.of({ ...subject, jobName, instanceType, spot, instanceCount: data.instanceCount }),
    };
  }
  if (result.kind === 'ended')
    return { event: await endTraining(result.detail, { run, attempt: data.attempt }, ports) };
  await ports.budget.withdraw({ project: data.project, jobName }, ports.now());
  const waiters = await ports.slots.release({ jobName });
  if (result.kind === 'refused' && result.code === 'THROTTLING') {
    const terms = { next: index, waitingSince: waitingSince(run, ports.now()).toISOString() };
    return { event: waiting(run, trainingDeferred.of({ ...subject, ...terms, reasons: [reasons.notNow(result)] })) };
  }
  if (result.kind === 'refused') {
    if (result.quota !== undefined && result.quota < data.instanceCount) return 'too small';
    await ports.slots.wait(quotaOf(placement), data.runId, run.createdAt);
    return { event: waiting(run, trainingQueued.of({ ...subject, reasons: [reasons.notNow(result)] })) };
  }
  await ports.wake(waiters);
  return {
    event: fail(attempt, result.kind === 'taken' ? reasons.nameTaken(jobName) : reasons.unfit(result.message, jobName)),
  };
}

function jobRequest({ data, jobName, placement }: Try) {
  const { runId, project, attempt, dataset, configKey, instanceCount, maximumSeconds, spotWaitSeconds } = data;
  return {
    ...{ runId, project, attempt, jobName, ...placement, instanceCount, maximumSeconds, spotWaitSeconds },
    datasetPrefix: bucketKeys.dataset(dataset),
    configPrefix: configKey.slice(0, configKey.lastIndexOf('/') + 1),
    outputPrefix: bucketKeys.trainingOutput(runId),
    checkpointPrefix: bucketKeys.checkpoints(runId),
  };
}

function subjectOf({ runId, project, attempt }: Rendered) {
  return { runId, project, attempt };
}

function fail({ subject, jobName }: Attempt, reason: ReturnType<typeof reasons.nameTaken>): AnyEvent {
  return trainingFailed.of({ ...subject, jobName, reasons: [reason] });
}

/** A run that waits already stays where it is. */
function waiting(run: Run, event: AnyEvent): AnyEvent | undefined {
  return run.state === 'waiting-quota' || run.state === 'waiting-capacity' ? undefined : event;
}
