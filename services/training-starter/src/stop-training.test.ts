import { configRendered } from '@dropforge/events';
import { expect, it } from 'vitest';
import { createFakePorts, jobDetail, runIn } from './fake-ports.ts';
import { startTraining } from './start-training.ts';
import { stopTraining } from './stop-training.ts';

const rendered = configRendered.of(configRendered.example);
const { runId } = rendered.data;
const jobName = `df-dev-train-${runId}-t1`;
const run = runIn('cancelled', { facts: { 'config.rendered': rendered.data } });

/** What is left of a run that trained and was cancelled, when Describe says this of its job. */
async function cancelled(job?: Record<string, unknown>) {
  const { ports, stopped, hasFreeSlot, budget, world } = createFakePorts();
  await startTraining(rendered, ports, runIn('configured'));
  if (job) world.jobs = { [jobName]: jobDetail({ TrainingJobName: jobName, ...job }) };
  await stopTraining({ name: 'run.cancelled', data: { runId, project: 'flowers', attempt: 1, by: 'ana' } }, ports, run);
  expect(stopped).toEqual([jobName]);
  return { freed: await hasFreeSlot(), ...(await budget.read('flowers', world.now)) };
}

it('gives slots and money of a job back that never was', async () => {
  expect(await cancelled()).toMatchObject({ freed: true, reservedUsd: 0, spentUsd: 0 });
});

it('leaves them to the end of a job that still stops: it is billed, and counts for the quota', async () => {
  expect(await cancelled({ TrainingJobStatus: 'Stopping' })).toMatchObject({ freed: false, reservedUsd: 0.3925 });
});

it('settles a job that has stopped', async () => {
  const ResourceConfig = { InstanceType: 'ml.g5.xlarge', InstanceCount: 1 };
  const job = { TrainingJobStatus: 'Stopped', BillableTimeInSeconds: 360, ResourceConfig };
  expect(await cancelled(job)).toMatchObject({ freed: true, reservedUsd: 0, spentUsd: 0.157 });
});
