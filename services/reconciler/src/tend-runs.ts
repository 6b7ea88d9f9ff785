import { type EventName, runStalled } from '@dropforge/events';
import { count, logger } from '@dropforge/handler-kit';
import {
  type CommitPorts,
  commit,
  eventIdOf,
  type Run,
  type State,
  sendOutbox,
  states,
  withNudge,
} from '@dropforge/pipeline-state';
import type { Ports } from './ports.ts';

/** Runs looked at per minute; the rest are first in line the next time. */
const batch = 200;
/** How often a silent stage is asked before the run is given up. */
const patience = 8;
/** A conversion waits a day for its quota, five minutes at a time, and then ends by itself. */
const patienceOf: Partial<Record<State, number>> = { trained: 300 };

/** What to say again when a stage is silent: the event that its worker listens to. */
const triggerOf: Partial<Record<State, EventName>> = {
  requested: 'training.requested',
  received: 'dataset.received',
  validated: 'dataset.validated',
  configured: 'config.rendered',
  'waiting-quota': 'config.rendered',
  'waiting-capacity': 'config.rendered',
  trained: 'training.completed',
  converted: 'conversion.completed',
  'awaiting-approval': 'model.validated',
  approved: 'model.approved',
  deploying: 'deployment.started',
  cancelled: 'run.cancelled',
};

/** States in which waiting is normal, however long. */
const mayWait: readonly State[] = [
  'waiting-quota',
  'waiting-capacity',
  'training',
  'converting',
  'awaiting-approval',
  'deploying',
  'cancelled',
];

const steady: readonly State[] = ['waiting-quota', 'training', 'trained', 'converting'];

/** Looks at every run that has something unsent or was silent too long. One run's trouble does not stop the others. */
export async function tendRuns(ports: Ports, kit: CommitPorts): Promise<void> {
  const failures: unknown[] = [];
  for (const runId of await kit.runs.needingAttention(kit.now(), batch)) {
    try {
      await tendRun(runId, ports, kit);
    } catch (error) {
      failures.push(error);
      logger.error('RUN_NOT_TENDED: a run could not be looked at', { runId, error });
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} runs could not be tended`);
}

/** Sends what is unsent; else writes down that it looked, so that two reconcilers never act on one look, and asks. */
async function tendRun(runId: string, ports: Ports, kit: CommitPorts): Promise<void> {
  const run = await kit.runs.read(runId);
  if (!run?.attentionAt || run.attentionAt > kit.now().toISOString()) return;
  if (run.outbox.length > 0) {
    await sendOutbox(runId, kit);
    return;
  }
  const noted = await kit.runs.write(withNudge(lookedAt(run, kit.now()), plan(run.state), kit.now(), kit.cause));
  if (!noted) return;
  count('RunNudged');
  logger.info('RUN_NUDGED: a run was silent too long', { runId, attempt: run.attempt, state: run.state });
  if (noted.nudges > (patienceOf[noted.state] ?? patience) && !mayWait.includes(noted.state))
    return giveUp(noted, ports, kit);
  await nudge(noted, ports, kit);
}

/** What a look at a silent run comes to, for its timeline. */
function plan(state: State): string {
  if (state === 'training' || state === 'converting') return 'Silent too long: SageMaker is asked about the job.';
  const trigger = triggerOf[state];
  return `Silent too long${trigger ? `: ${trigger} is said again` : ''}.`;
}

async function nudge(run: Run, ports: Ports, kit: CommitPorts): Promise<void> {
  if (run.state === 'training') return askJob(run, 'train', ports, kit);
  if (run.state === 'converting') return askJob(run, 'convert', ports, kit);
  const name = triggerOf[run.state];
  const data = name && run.facts[name];
  if (data)
    await ports.resay({ eventId: eventIdOf(run.runId, run.attempt, name), name, occurredAt: run.updatedAt, data });
}

/** SageMaker's events are best effort, so the job itself is asked and answered for in our own name. */
async function askJob(run: Run, stage: 'train' | 'convert', ports: Ports, kit: CommitPorts): Promise<void> {
  const jobName = ports.names.of(stage, run.runId, run.attempt);
  const detail = await (stage === 'train' ? ports.describeTraining(jobName) : ports.describeConversion(jobName));
  if (!detail) return giveUp(run, ports, kit);
  const kind = stage === 'train' ? 'Training' : 'Processing';
  await ports.say(`SageMaker ${kind} Job State Change`, detail);
}

async function giveUp(run: Run, ports: Ports, kit: CommitPorts): Promise<void> {
  const { runId, project, attempt } = run;
  const minutes = Math.round((kit.now().getTime() - Date.parse(run.updatedAt)) / 60_000);
  const reason = {
    code: 'STAGE_OVERDUE',
    message: `The run has been "${run.state}" for ${minutes} minutes and nothing answers for it.`,
    action: 'Look at the dead letters and the logs of this stage, then retry the run.',
  };
  // First what it holds: a crash after the commit would leave it taken, since nobody looks at a stalled run again.
  await ports.releaseSlot(runId);
  for (const kind of ['train', 'convert'] as const)
    await ports.withdrawBudget({ project, jobName: ports.names.of(kind, runId, attempt) });
  await commit(runStalled.of({ runId, project, attempt, reasons: [reason] }), runId, kit);
}

/**
 * Silent stages are asked less and less often: each look doubles the wait, up to an hour (a day where people decide).
 * A job that runs, and a run that waits for a slot, are looked at steadily: they go on at any moment, perhaps unheard.
 */
function lookedAt(run: Run, now: Date): Run {
  const { attentionAt: _, ...rest } = run;
  const nudges = run.nudges + 1;
  const base = states[run.state].overdueAfterSeconds;
  if (base === null || (run.state === 'cancelled' && nudges >= 3)) return { ...rest, nudges };
  const longest = run.state === 'awaiting-approval' ? 86_400 : steady.includes(run.state) ? base : 3_600;
  const seconds = Math.max(base, Math.min(longest, base * 2 ** run.nudges));
  return { ...rest, nudges, attentionAt: new Date(now.getTime() + seconds * 1_000).toISOString() };
}
