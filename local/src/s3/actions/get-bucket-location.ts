import type { Action } from '../call.ts';
import { xmlReply } from '../wire/reply.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket?location. us-east-1, where S3 began, is written as nothing. */
export const getBucketLocation: Action = ({ request, store, region }) => {
  store.buckets.get(request.bucket);
  return xmlReply(writeXml('LocationConstraint', region === 'us-east-1' ? '' : region));
};
