import { conversionCompleted } from '@dropforge/events';
import { onEvent } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { validateModel as validate } from './validate-model.ts';

export const validateModel = onEvent(conversionCompleted, validate, createPorts);
