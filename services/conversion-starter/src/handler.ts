import { processingJobStateChange, runCancelled, trainingCompleted } from '@dropforge/events';
import { onEvent, onExternalEvent } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { settleConversion as settle } from './settle-conversion.ts';
import { startConversion as start } from './start-conversion.ts';
import { stopConversion as stop } from './stop-conversion.ts';

export const startConversion = onEvent(trainingCompleted, start, createPorts);
export const settleConversion = onExternalEvent(processingJobStateChange, settle, createPorts);
export const stopConversion = onEvent(runCancelled, stop, createPorts);
