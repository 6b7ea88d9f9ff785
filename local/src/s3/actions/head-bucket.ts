import type { Action } from '../call.ts';

/** HEAD /bucket */
export const headBucket: Action = ({ request, store, region }) => {
  store.buckets.get(request.bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': region } };
};
