import type { AnyEvent } from '@dropforge/events';
import { type CommitPorts, lastMove, type Outcome, type Run } from '@dropforge/pipeline-state';
import { count, logger, measure } from './observability.ts';

const lines: Readonly<Record<Outcome['kind'], string>> = {
  moved: 'RUN_MOVED: the run went on',
  repeated: 'RUN_REPEATED: the run knew this already',
  late: 'RUN_LATE: the run has gone another way; this is kept as evidence',
};

/** Logs and measures what came of a commit, whoever made it: a step, a route, the reconciler. */
export const tellOutcome: NonNullable<CommitPorts['told']> = (event, outcome, isNew) => {
  const { runId, state = 'none', attempt } = outcome.run ?? {};
  logger.info(lines[outcome.kind], { said: event.name, state, ...(runId ? { runId, attempt } : {}) });
  if (outcome.kind === 'moved') measureMove(event, outcome.run);
  if (outcome.kind === 'late' && isNew) count('LateNews');
  if (isNew) measureCost(event);
};

function measureMove(event: AnyEvent, run: Run): void {
  measure('RunMoved', run.state, 1);
  const move = lastMove(run);
  if (move) measure('StageSeconds', move.from, move.seconds);
  if (event.name === 'run.stalled') count('RunStalled');
}

/** A job was paid for even if its run has gone another way. */
function measureCost({ name, data }: AnyEvent): void {
  const usd = 'cost' in data ? data.cost?.usd : undefined;
  if (usd !== undefined) measure('JobCost', name.startsWith('training.') ? 'training' : 'conversion', usd);
}
