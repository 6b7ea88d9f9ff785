import { datasetReceived, s3ObjectCreated } from '@dropforge/events';
import { onEvent, onExternalEvent } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { receiveDrop as receive } from './receive-drop.ts';
import { requestContract, receiveRequest as take } from './receive-request.ts';
import { validateReceived } from './validate-received.ts';

const noPorts = () => undefined;

export const receiveDrop = onExternalEvent(s3ObjectCreated, receive, noPorts);
export const receiveRequest = onExternalEvent(requestContract, take, noPorts);
export const validateDataset = onEvent(datasetReceived, validateReceived, createPorts);
