import { z } from 'zod';

/**
 * S3 "Object Created". Keys are raw, not URL-encoded; several fields are missing in older regions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const s3ObjectCreated = {
  source: 'aws.s3',
  detailType: 'Object Created',
  detail: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1).max(1024),
      size: z.number().int().nonnegative().optional(),
      etag: z.string().optional(),
      'version-id': z.string().optional(),
      sequencer: z.string().optional(),
    }),
    reason: z.string().optional(),
  }),
} as const;
export type S3ObjectCreated = z.output<typeof s3ObjectCreated.detail>;
