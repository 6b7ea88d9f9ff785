import { onAnyEvent, onQueue } from '@dropforge/handler-kit';
import { createDeliveryPorts, createFanOutPorts } from './adapters.ts';
import { deliver } from './deliver.ts';
import { fanOut } from './fan-out.ts';

export const fanOutEvent = onAnyEvent(fanOut, createFanOutPorts);
export const deliverEvent = onQueue(deliver, createDeliveryPorts);
