import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run } from './fields.ts';

/** The recipe cannot be trained; every fault is named and nothing was spent. */
export const configRejected = defineEvent({
  name: 'config.rejected',
  version: 1,
  publisher: 'config-renderer',
  summary: 'The recipe cannot be trained; every fault is named and nothing was spent.',
  data: z.object({ ...run, reasons: Reasons }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'IMAGE_SIZE_DIVISOR',
        message: 'imageSize 33 is not a multiple of 16; the nearest are 32 and 48.',
        where: 'recipe.yaml:4:12',
      },
    ],
  },
});
