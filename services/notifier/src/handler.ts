import { onAnyEvent } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { notify as keepMessage } from './notify.ts';

export const notify = onAnyEvent(keepMessage, createPorts);
