import { datasetValidated } from '@dropforge/events';
import { onEvent } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { renderValidated } from './render-validated.ts';

export const renderConfig = onEvent(datasetValidated, renderValidated, createPorts);
