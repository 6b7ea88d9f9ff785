import { type AgentReport, type AnyEvent, deploymentStarted } from '@dropforge/events';
import { type Run, verdictOf } from '@dropforge/pipeline-state';
import { deploymentOutcome } from './deployment-outcome.ts';
import type { Ports } from './ports.ts';

type Runs = { read(runId: string): Promise<Run | undefined> };

/** Keeps what a device says, and ends the deployment when it was the last one to answer. */
export async function recordReport(
  report: AgentReport,
  ports: Ports,
  runs: Runs,
): Promise<{ runId: string; event: AnyEvent } | undefined> {
  const now = ports.now().toISOString();
  // A clock that runs ahead would make every later report look old.
  const received = report.sentAt > now ? { ...report, sentAt: now } : report;
  await ports.devices.record(received);
  const verdict = verdictOf(received);
  return verdict && concludeRun(verdict.runId, ports, runs);
}

/** Says how the deployment of a run ended, once every device has answered. */
export async function concludeRun(
  runId: string,
  { devices }: Pick<Ports, 'devices'>,
  runs: Runs,
): Promise<{ runId: string; event: AnyEvent } | undefined> {
  const run = await runs.read(runId);
  if (run?.state !== 'deploying') return undefined;
  const { devices: things } = deploymentStarted.data.parse(run.facts['deployment.started']);
  const event = deploymentOutcome(run, await devices.readMany(things));
  return event && { runId, event };
}
