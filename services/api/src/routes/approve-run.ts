import { routes } from '@dropforge/api-contract';
import { parseRequest, type Route } from '@dropforge/handler-kit';
import { findRun, moveRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';

/** Allows the delivery of the model that the caller has seen: the digest says which. */
export const approveRun: Route<Ports> = async (request, _ports, kit) => {
  const { modelDigest } = parseRequest(routes.approveRun.body, request.body);
  const run = await findRun(request, kit.runs);
  return moveRun(run, { action: 'approve', modelDigest }, request.caller, kit);
};
