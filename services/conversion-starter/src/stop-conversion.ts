import type { EventOf, runCancelled } from '@dropforge/events';
import { costOfConversion, isEnded } from './end-conversion.ts';
import type { Ports } from './ports.ts';

/**
 * Stops the conversion job of a cancelled run, if there is one. Its money is settled when it has ended: by its own event,
 * or when the reconciler says this one again.
 */
export async function stopConversion(event: EventOf<typeof runCancelled>, ports: Ports): Promise<undefined> {
  const { runId, project, attempt } = event.data;
  const jobName = ports.names.of('convert', runId, attempt);
  await ports.jobs.stop(jobName);
  const job = await ports.jobs.describe(jobName);
  if (job && !isEnded(job.detail)) return;
  const usd = job && costOfConversion(job.detail, ports.priceOf)?.usd;
  if (usd !== undefined) await ports.budget.settle({ project, jobName }, usd, ports.now());
  else await ports.budget.withdraw({ project, jobName }, ports.now());
}
