import { logger, type Route } from '@dropforge/handler-kit';
import { findRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';
import { viewOf } from '../views.ts';

/** One run; while it trains, SageMaker is asked how far it is. */
export const showRun: Route<Ports> = async (request, { progressOf }, { runs }) => {
  const run = await findRun(request, runs);
  const training = run.state === 'training';
  const progress = training ? await progressOf(run).catch(unknown) : undefined;
  return { status: 200, body: viewOf(run, progress) };
};

/** SageMaker answers few questions a second; the run is worth showing without its progress. */
function unknown(error: unknown): undefined {
  logger.warn('PROGRESS_UNKNOWN: SageMaker did not say how far the job is', { error });
}
