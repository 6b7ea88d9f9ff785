import type { Action } from '../call.ts';
import { S3Error } from '../wire/s3-error.ts';

/** PUT /bucket. The location constraint in the body is not read: there is one region here. */
export const createBucket: Action = ({ request, store, region, now }) => {
  const isNew = store.buckets.create(request.bucket, { createdMs: now().getTime(), eventBridge: false });
  // us-east-1 alone takes the second creation of one's own bucket for a success.
  if (!isNew && region !== 'us-east-1') {
    throw new S3Error('BucketAlreadyOwnedByYou', { fields: { BucketName: request.bucket } });
  }
  return { status: 200, headers: { location: `/${request.bucket}` } };
};
