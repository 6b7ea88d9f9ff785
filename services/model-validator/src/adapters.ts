import { createObjectStore, ObjectTooLarge, s3 } from '@dropforge/aws';
import { readConfig } from '@dropforge/handler-kit';
import { readKernels } from '@dropforge/quantized-inference/node';
import { z } from 'zod';
import { EvidenceError } from './evidence-error.ts';
import type { Ports } from './ports.ts';

const Config = z.object({ BUCKET_NAME: z.string().min(1) });

/** The ports on AWS. */
export function createPorts(): Ports {
  const objects = createObjectStore(s3(), readConfig(Config).BUCKET_NAME);
  return {
    async readFile(key, maximumBytes) {
      try {
        return await objects.read(key, maximumBytes);
      } catch (error) {
        if (!(error instanceof ObjectTooLarge)) throw error;
        throw new EvidenceError('FILE_TOO_LARGE', error.message, key, { cause: error });
      }
    },
    writeFile: objects.write,
    readKernels,
  };
}
