import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, run } from './fields.ts';

/** A Greengrass deployment of the model is under way. */
export const deploymentStarted = defineEvent({
  name: 'deployment.started',
  version: 1,
  publisher: 'deployer',
  summary: 'A Greengrass deployment of the model is under way.',
  data: z.object({
    ...run,
    modelId: z.string().min(1).max(128),
    deploymentId: z.string().min(1).max(200),
    componentName: z.string().min(1).max(128),
    componentVersion: z.string().min(1).max(64),
    to: z.string().min(1),
    devices: z.array(z.string().min(1).max(128)).max(1000),
  }),
  example: {
    ...exampleRun,
    modelId: 'flowers-ababababab',
    deploymentId: '3f1c5c1a-98e3-4c8e-9b1d-2f6f9d1f0a11',
    componentName: 'dropforge.model.flowers',
    componentVersion: '1.0.1',
    to: 'dropforge-devices',
    devices: ['device-x86-64', 'device-armv7l'],
  },
});
