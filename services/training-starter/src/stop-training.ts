import type { EventOf, runCancelled } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { costOfTraining } from './cost-of-training.ts';
import { isEnded } from './end-training.ts';
import type { Ports } from './ports.ts';

/**
 * Stops the training job of a cancelled run, if there is one. Its slots and its money are given back when it has ended:
 * by its own event, or when the reconciler says this one again.
 */
export async function stopTraining(event: EventOf<typeof runCancelled>, ports: Ports, run: Run): Promise<undefined> {
  const { runId, project, attempt } = event.data;
  const { jobs, slots, budget, now } = ports;
  const jobName = ports.names.of('train', runId, attempt);
  await jobs.stop(jobName);
  await slots.leave(runId);
  const detail = await jobs.describe(jobName);
  if (detail && !isEnded(detail)) return;
  if (detail) await budget.settle({ project, jobName }, costOfTraining(detail, run)?.usd ?? 0, now());
  else await budget.withdraw({ project, jobName }, now());
  await ports.wake(await slots.release({ jobName }));
}
