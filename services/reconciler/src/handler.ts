import { onSchedule } from '@dropforge/handler-kit';
import { createPorts } from './adapters.ts';
import { sweepDrops as sweep } from './sweep-drops.ts';
import { tendRuns as tend } from './tend-runs.ts';

export const tendRuns = onSchedule(tend, createPorts);
export const sweepDrops = onSchedule(sweep, createPorts);
