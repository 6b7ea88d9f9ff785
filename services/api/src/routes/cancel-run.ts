import type { Route } from '@dropforge/handler-kit';
import { findRun, moveRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';

/** Calls a run off; its jobs are stopped by the services that started them. */
export const cancelRun: Route<Ports> = async (request, _ports, kit) =>
  moveRun(await findRun(request, kit.runs), { action: 'cancel' }, request.caller, kit);
