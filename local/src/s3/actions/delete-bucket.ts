import type { Action } from '../call.ts';

/** DELETE /bucket */
export const deleteBucket: Action = ({ request, store }) => {
  store.buckets.get(request.bucket);
  store.buckets.remove(request.bucket);
  return { status: 204 };
};
