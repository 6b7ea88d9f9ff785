import { configRendered, type TrainingJobStateChange, trainingDeferred } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { placementsOf } from './placements.ts';

/** Since when the run has waited for capacity; a run that did not wait yet begins now. */
export function waitingSince(run: Run, now: Date): Date {
  const since = lastDeferral(run)?.waitingSince;
  return since === undefined ? now : new Date(since);
}

/** Which of its placements the run tries first, counted from 0. */
export function nextPlacement(run: Run): number {
  return lastDeferral(run)?.next ?? 0;
}

/** The placement after the one that a job had; after the last comes the first again. */
export function nextAfter(
  { ResourceConfig, EnableManagedSpotTraining = false }: TrainingJobStateChange,
  run: Run,
): number {
  const terms = configRendered.data.safeParse(run.facts['config.rendered']).data;
  const placements = terms ? placementsOf(terms) : [];
  const had = placements.findIndex(
    ({ instanceType, spot }) => instanceType === ResourceConfig?.InstanceType && spot === EnableManagedSpotTraining,
  );
  return ((had < 0 ? nextPlacement(run) : had) + 1) % Math.max(1, placements.length);
}

function lastDeferral(run: Run) {
  return trainingDeferred.data.safeParse(run.facts['training.deferred']).data;
}
