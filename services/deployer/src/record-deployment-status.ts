import {
  type AnyEvent,
  coreDeviceOf,
  deploymentStarted,
  type GreengrassDeploymentStatusChange,
} from '@dropforge/events';
import type { ExternalEvent } from '@dropforge/handler-kit';
import type { Run } from '@dropforge/pipeline-state';
import { tagNames } from './deploy-model.ts';
import type { Ports } from './ports.ts';
import { concludeRun } from './record-report.ts';

/** Ends in which the model is not on the device. A success says that a process runs; which model answers, only the agent knows. */
const failures: readonly string[] = ['FAILED', 'REJECTED', 'CANCELED'];

/** Keeps what Greengrass says about one device of a deployment, unless its agent has said more. */
export async function recordDeploymentStatus(
  { detail, resources, time }: ExternalEvent<GreengrassDeploymentStatusChange>,
  ports: Ports,
  runs: { read(runId: string): Promise<Run | undefined> },
): Promise<{ runId: string; event: AnyEvent } | undefined> {
  const thing = coreDeviceOf(resources);
  const status = detail.coreDeviceExecutionStatus.toUpperCase();
  if (!thing || !detail.deploymentId || !failures.includes(status)) return undefined;
  const tags = await ports.deployments.tags(detail.deploymentId);
  const runId = tags?.[tagNames.runId];
  const attempt = Number(tags?.[tagNames.attempt]);
  if (!runId || !attempt) return undefined;

  const run = await runs.read(runId);
  if (run?.state !== 'deploying' || run.attempt !== attempt) return undefined;
  const started = deploymentStarted.data.parse(run.facts['deployment.started']);
  if (!started.devices.includes(thing)) return undefined;
  const { verdict } = (await ports.devices.read(thing)) ?? {};
  if (verdict?.runId !== runId || verdict.attempt !== attempt) {
    const reason = reasonOf(status, detail);
    await ports.devices.recordVerdict(thing, {
      runId,
      attempt,
      outcome: 'failed',
      reason,
      at: new Date(time).toISOString(),
    });
  }
  return concludeRun(runId, ports, runs);
}

function reasonOf(status: string, { reason, statusDetails }: GreengrassDeploymentStatusChange) {
  const causes = statusDetails?.errorStack?.join(' > ');
  const said = [reason, causes].filter(Boolean).join('; ') || 'Greengrass gave no reason';
  return {
    code: `GREENGRASS_${status}`,
    message: `Greengrass says ${status}: ${said}`.slice(0, 900),
    action: "Look into the device's Greengrass logs, then retry the run.",
  };
}
