import { configRendered, runCancelled, trainingJobStateChange } from '@dropforge/events';
import { onEvent, onExternalEvent } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { settleTraining as settle } from './settle-training.ts';
import { startTraining as start } from './start-training.ts';
import { stopTraining as stop } from './stop-training.ts';

export const startTraining = onEvent(configRendered, start, createPorts);
export const settleTraining = onExternalEvent(trainingJobStateChange, settle, createPorts);
export const stopTraining = onEvent(runCancelled, stop, createPorts);
