import { createObjectStore, s3 } from '@dropforge/aws';
import { readConfig } from '@dropforge/handler-kit';
import { z } from 'zod';
import type { Ports } from './ports.ts';

const Config = z.object({ BUCKET_NAME: z.string().min(1) });

/** The ports on AWS. */
export function createPorts(): Ports {
  const objects = createObjectStore(s3(), readConfig(Config).BUCKET_NAME);
  return { readFile: objects.read, writeFile: objects.write };
}
