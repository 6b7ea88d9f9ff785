import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, run } from './fields.ts';

/** Someone cancelled the run; its jobs are stopped. */
export const runCancelled = defineEvent({
  name: 'run.cancelled',
  version: 1,
  publisher: 'api',
  summary: 'Someone cancelled the run; its jobs are stopped.',
  data: z.object({ ...run, by: z.string().min(1).max(200) }),
  example: { ...exampleRun, by: 'ana@example.com' },
});
