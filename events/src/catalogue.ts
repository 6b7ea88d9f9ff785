import { configRejected } from './config.rejected.ts';
import { configRendered } from './config.rendered.ts';
import { conversionCompleted } from './conversion.completed.ts';
import { conversionFailed } from './conversion.failed.ts';
import { conversionStarted } from './conversion.started.ts';
import { datasetReceived } from './dataset.received.ts';
import { datasetRejected } from './dataset.rejected.ts';
import { datasetValidated } from './dataset.validated.ts';
import type { EventOf } from './define-event.ts';
import { deploymentCompleted } from './deployment.completed.ts';
import { deploymentFailed } from './deployment.failed.ts';
import { deploymentRolledBack } from './deployment.rolled-back.ts';
import { deploymentSkipped } from './deployment.skipped.ts';
import { deploymentStarted } from './deployment.started.ts';
import { modelApproved } from './model.approved.ts';
import { modelDeclined } from './model.declined.ts';
import { modelRejected } from './model.rejected.ts';
import { modelValidated } from './model.validated.ts';
import { runCancelled } from './run.cancelled.ts';
import { runRetried } from './run.retried.ts';
import { runStalled } from './run.stalled.ts';
import { trainingCompleted } from './training.completed.ts';
import { trainingDeferred } from './training.deferred.ts';
import { trainingFailed } from './training.failed.ts';
import { trainingQueued } from './training.queued.ts';
import { trainingRefused } from './training.refused.ts';
import { trainingRequested } from './training.requested.ts';
import { trainingStarted } from './training.started.ts';
import { trainingStopped } from './training.stopped.ts';

/** Every event of the bus, in the order of the flow. */
export const events = [
  trainingRequested,
  datasetReceived,
  datasetValidated,
  datasetRejected,
  configRendered,
  configRejected,
  trainingRefused,
  trainingQueued,
  trainingDeferred,
  trainingStarted,
  trainingCompleted,
  trainingFailed,
  trainingStopped,
  conversionStarted,
  conversionCompleted,
  conversionFailed,
  modelValidated,
  modelRejected,
  modelDeclined,
  modelApproved,
  deploymentStarted,
  deploymentCompleted,
  deploymentFailed,
  deploymentRolledBack,
  deploymentSkipped,
  runCancelled,
  runRetried,
  runStalled,
] as const;

export type AnyEvent = EventOf<(typeof events)[number]>;
export type EventName = AnyEvent['name'];

const byName = new Map<string, (typeof events)[number]>(events.map((contract) => [contract.name, contract]));

/** The contract of an event name, or undefined for a name that is not ours. */
export function contractOf(name: string): (typeof events)[number] | undefined {
  return byName.get(name);
}
