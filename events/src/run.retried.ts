import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, run } from './fields.ts';

/** Someone asks for another attempt; it goes on from the last stage that worked. */
export const runRetried = defineEvent({
  name: 'run.retried',
  version: 1,
  publisher: 'api',
  summary: 'Someone asks for another attempt; it goes on from the last stage that worked.',
  data: z.object({
    ...run,
    by: z.string().min(1).max(200),
    resumeFrom: z.string().min(1).max(100),
  }),
  example: {
    ...exampleRun,
    attempt: 2,
    by: 'ana@example.com',
    resumeFrom: 'config.rendered',
  },
});
