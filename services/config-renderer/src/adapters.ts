import { createObjectStore, s3 } from '@dropforge/aws';
import { readConfig } from '@dropforge/handler-kit';
import { z } from 'zod';
import type { RenderConfigPorts } from './render-config.ts';

const Config = z.object({ BUCKET_NAME: z.string().min(1) });
const recipeMaximumBytes = 1024 * 1024;

/** The ports on S3. */
export function createPorts(): RenderConfigPorts {
  const objects = createObjectStore(s3(), readConfig(Config).BUCKET_NAME);
  return {
    readRecipe: async (key) => (await objects.read(key, recipeMaximumBytes))?.toString('utf8'),
    readManifest: (key) => objects.readJson(key),
    writeConfig: (key, text, contentType) => objects.write(key, text, contentType),
  };
}
