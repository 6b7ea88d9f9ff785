import { readDocument } from '../body/read-document.ts';
import type { Action } from '../call.ts';
import { S3Error } from '../wire/s3-error.ts';

/** PUT /bucket?versioning */
export const putBucketVersioning: Action = async ({ request, verified, store }) => {
  store.buckets.get(request.bucket);
  const status = (await readDocument(request, verified, { root: 'VersioningConfiguration' })).textOf('Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('IllegalVersioningConfigurationException');
  store.buckets.setVersioning(request.bucket, status);
  return { status: 200 };
};
