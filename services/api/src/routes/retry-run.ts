import type { Route } from '@dropforge/handler-kit';
import { findRun, moveRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';

/** Begins the next attempt at the last stage that worked. */
export const retryRun: Route<Ports> = async (request, _ports, kit) =>
  moveRun(await findRun(request, kit.runs), { action: 'retry' }, request.caller, kit);
