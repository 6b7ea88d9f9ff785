import type { Action } from '../call.ts';
import { xmlReply } from '../wire/reply.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket?versioning. No status at all means that it was never switched on. */
export const getBucketVersioning: Action = ({ request, store }) =>
  xmlReply(writeXml('VersioningConfiguration', { Status: store.buckets.get(request.bucket).versioning }));
