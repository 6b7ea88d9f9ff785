import { createObjectStore, s3 } from '@dropforge/aws';
import { readConfig } from '@dropforge/handler-kit';
import { OwnPrices, pricesIn } from '@dropforge/recipe/cost';
import { z } from 'zod';
import type { RenderConfigPorts } from './render-config.ts';

const Config = z.object({
  BUCKET_NAME: z.string().min(1),
  AWS_REGION: z.string().min(1),
  INSTANCE_PRICES: OwnPrices.prefault(''),
});
const recipeMaximumBytes = 1024 * 1024;

/** The ports on S3. */
export function createPorts(): RenderConfigPorts {
  const config = readConfig(Config);
  const objects = createObjectStore(s3(), config.BUCKET_NAME);
  return {
    readRecipe: async (key) => (await objects.read(key, recipeMaximumBytes))?.toString('utf8'),
    readManifest: (key) => objects.readJson(key),
    writeConfig: (key, text, contentType) => objects.write(key, text, contentType),
    priceOf: pricesIn(config.AWS_REGION, 'training', config.INSTANCE_PRICES),
  };
}
