import { type AnyEvent, deploymentFailed, type EventOf, type modelApproved, modelValidated } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { deployModel } from './deploy-model.ts';
import type { Ports } from './ports.ts';

/** Delivers what a person approved, if it is still what was shown to them. */
export async function startDeployment(
  { data }: EventOf<typeof modelApproved>,
  ports: Ports,
  run: Run,
): Promise<AnyEvent | undefined> {
  const { runId, project, attempt, modelId, modelDigest } = data;
  const validated = modelValidated.data.parse(run.facts['model.validated']);
  if (validated.modelId === modelId && validated.modelDigest === modelDigest) return deployModel(run, ports);
  const reason = {
    code: 'APPROVAL_MISMATCH',
    message: `Model ${modelDigest} was approved, but ${validated.modelDigest} is what passed the gate.`,
    action: 'Look at the run as it is now, then retry and approve it again.',
  };
  return deploymentFailed.of({ runId, project, attempt, modelId: validated.modelId, reasons: [reason] });
}
