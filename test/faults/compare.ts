/** Whether an unkind world came to the same end as a kind one. */
import type { Run } from '@dropforge/pipeline-state';
import { jobs, type Kind, type KindName, kinds, nameOfRun } from './kinds.ts';
import type { Outcome } from './world/plan.ts';
import { expectedDeadLetters } from './world/poisoned-events.ts';

/** How a kind of run goes when nothing goes wrong. */
export interface QuietRun {
  readonly state: string;
  readonly moves: readonly string[];
  /** Slack's message, without the project's name. */
  readonly message: string;
}

/** From a world with one run of each kind at least. */
export function quietRunsOf({ runs, messages }: Outcome): ReadonlyMap<KindName, QuietRun> {
  return new Map(
    runs.map(({ kind, run, index }) => {
      const [message = ''] = messages[run?.runId ?? ''] ?? [];
      return [kind, { state: run?.state ?? 'none', moves: movesOf(run), message: withoutProject(message, index) }];
    }),
  );
}

/** One sentence for each thing that is not as it should be, the first differing run first. Empty: nothing is. */
export function differences(outcome: Outcome, quiet: ReadonlyMap<KindName, QuietRun>, deaths: number): string[] {
  return [
    ...outcome.runs.flatMap((one) => ofRun(one, quiet.get(one.kind), outcome)),
    ...Object.entries(outcome.jobs).flatMap(([name, times]) =>
      times === 1 ? [] : [`The job ${name} was started ${times} times.`],
    ),
    ...unlike('Dead letters', [...new Set(outcome.deadLetters)], expectedDeadLetters),
    ...unlike('Slots still held or waited for', outcome.slots, []),
    ...unlike('Projects with money set aside', outcome.reserved, []),
    ...ofMessages(outcome, deaths),
  ];
}

function ofRun({ index, kind, run }: Outcome['runs'][number], quiet: QuietRun | undefined, outcome: Outcome): string[] {
  const who = `${nameOfRun(index)} (${kind})`;
  if (!run || !quiet) return [`${who} has no run.`];
  const started = Object.keys(outcome.jobs).filter((name) => name.includes(run.runId));
  const deployments = Object.entries(outcome.deployments).filter(([name]) => name.startsWith(run.runId));
  const { delivered }: Kind = kinds[kind];
  const faults = [
    ...unlike('state', run.state, quiet.state),
    ...unlike('moves', movesOf(run), quiet.moves),
    ...unlike(
      'unsent events',
      run.outbox.map(({ name }) => name),
      [],
    ),
    ...unlike('attempts that trained', attemptsOf('train', started), upTo(run, quiet)),
    ...unlike(
      'deployments',
      deployments.map(([, times]) => times),
      delivered ? [1] : [],
    ),
    ...ofSlack(
      (outcome.messages[run.runId] ?? []).map((text) => withoutProject(text, index)),
      quiet.message,
    ),
  ];
  return faults.length === 0 ? [] : [`${who}: ${faults.join('; ')}\n${historyOf(run)}`];
}

/** Steps that a late event may skip, and those that waiting adds. */
const passing = ['training', 'converting', 'waiting-quota', 'waiting-capacity', 'deploying'];

function movesOf(run: Run | undefined): string[] {
  return run?.history.flatMap(({ to }) => (to && !passing.includes(to) ? [to] : [])) ?? [];
}

function attemptsOf(kind: string, names: readonly string[]): number[] {
  const started = names.flatMap((name) => jobs.read(name) ?? []);
  return started.flatMap((job) => (job.kind === kind ? [job.attempt] : [])).sort((one, other) => one - other);
}

/** One training job for each attempt, none where training is never reached. */
function upTo(run: Run, { moves }: QuietRun): number[] {
  return moves.includes('configured') ? Array.from({ length: run.attempt }, (_, index) => index + 1) : [];
}

/** Where a run has two messages, the older one is left as it was. */
function ofSlack(shown: readonly string[], expected: string): string[] {
  return shown.includes(expected) ? [] : [`Slack shows ${JSON.stringify(shown)} instead of "${expected}"`];
}

/** Between Slack's answer and the note of it there is no exactly once: a death or a refused note costs a second message. */
function ofMessages({ messages, runs }: Outcome, deaths: number): string[] {
  const extra = Object.values(messages).reduce((sum, { length }) => sum + Math.max(0, length - 1), 0);
  const most = deaths + Math.ceil(runs.length * refusedNotesShare);
  return extra > most ? [`Slack shows ${extra} messages too many; ${most} would be bad luck.`] : [];
}

const refusedNotesShare = 0.02;

function withoutProject(message: string, index: number): string {
  return message.replace(nameOfRun(index), 'project');
}

function historyOf({ history, runId, nudges, outbox, attentionAt = 'never' }: Run): string {
  const lines = history.map(({ at, event, attempt, from, to, kind = 'late' }) => {
    return `    ${at} t${attempt} ${event}: ${from} → ${to ?? `(${kind})`}`;
  });
  const next = `looked after ${nudges} times, next at ${attentionAt}, ${outbox.length} unsent`;
  return [`  ${runId}, ${next}`, ...lines].join('\n');
}

function unlike(what: string, is: unknown, expected: unknown): string[] {
  const [one, other] = [JSON.stringify(is), JSON.stringify(expected)];
  return one === other ? [] : [`${what} ${one} instead of ${other}`];
}
