import type { Action } from '../call.ts';
import { OWNER } from '../wire/list-format.ts';
import { xmlReply } from '../wire/reply.ts';
import { writeXml } from '../wire/xml.ts';

/** GET / */
export const listBuckets: Action = ({ store, region }) => {
  const buckets = store.buckets.list().map(({ name, createdMs }) => ({
    Name: name,
    CreationDate: new Date(createdMs).toISOString(),
    BucketRegion: region,
  }));
  return xmlReply(writeXml('ListAllMyBucketsResult', { Owner: OWNER, Buckets: { Bucket: buckets } }));
};
