import { type AnyEvent, deploymentSkipped, type EventOf, type modelValidated } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { deployModel } from './deploy-model.ts';
import type { Ports } from './ports.ts';

/** Decides what follows from a model that passed the gate: nothing, a deployment, or waiting for a person. */
export async function requestDeployment(
  { data }: EventOf<typeof modelValidated>,
  ports: Ports,
  run: Run,
): Promise<AnyEvent | undefined> {
  const { runId, project, attempt, modelId, deployment } = data;
  if (!deployment) return deploymentSkipped.of({ runId, project, attempt, modelId });
  return deployment.approval === 'auto' ? deployModel(run, ports) : undefined;
}
