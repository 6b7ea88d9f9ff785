import { routes } from '@dropforge/api-contract';
import { parseRequest, type Route } from '@dropforge/handler-kit';
import { findRun, moveRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';

/** Refuses the delivery of the model that the caller has seen, and keeps why. */
export const declineRun: Route<Ports> = async (request, _ports, kit) => {
  const { modelDigest, reason } = parseRequest(routes.declineRun.body, request.body);
  const run = await findRun(request, kit.runs);
  return moveRun(run, { action: 'decline', modelDigest, reason }, request.caller, kit);
};
