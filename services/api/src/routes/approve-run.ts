import { routes } from '@dropforge/api-contract';
import { modelApproved } from '@dropforge/events';
import { Problem, parseRequest, type Route } from '@dropforge/handler-kit';
import { findRun, moveRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';

/** Allows the delivery of the model that the caller has seen: the digest says which. */
export const approveRun: Route<Ports> = async (request, _ports, kit) => {
  const { modelDigest } = parseRequest(routes.approveRun.body, request.body);
  const run = await findRun(request, kit.runs);
  const { runId, project, attempt } = run;
  const validated = run.facts['model.validated'];
  if (validated && validated.modelDigest !== modelDigest) {
    throw new Problem(
      409,
      'MODEL_CHANGED',
      'The run has another model now than the one to be approved. Look at it again.',
      { modelDigest: validated.modelDigest },
    );
  }
  const modelId = String(validated?.modelId ?? 'none');
  return moveRun(
    run,
    modelApproved.of({ runId, project, attempt, modelId, modelDigest, by: request.caller }),
    'approved',
    kit,
  );
};
