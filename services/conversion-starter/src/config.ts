import { jobPlace } from '@dropforge/aws';
import { stagePattern } from '@dropforge/pipeline-state';
import { OwnPrices } from '@dropforge/recipe/cost';
import { z } from 'zod';

/** The settings of this service's functions, by environment. */
export const Config = z.object({
  STAGE: z.string().regex(stagePattern),
  AWS_REGION: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  CONVERSION_ROLE_ARN: z.string().min(1),
  CONVERSION_IMAGE_URI: z.string().min(1),
  CONVERSION_INSTANCE_TYPE: z.string().min(1),
  CONVERSION_TIMEOUT_SECONDS: z.coerce.number().int().positive(),
  /** Prices that are not in our list, or other than in it. */
  INSTANCE_PRICES: OwnPrices.prefault(''),
  ...jobPlace,
});
export type ConversionConfig = z.output<typeof Config>;
