/** Which action answers a request. */

import { abortMultipartUpload } from './actions/abort-multipart-upload.ts';
import { completeMultipartUpload } from './actions/complete-multipart-upload.ts';
import { copyObject } from './actions/copy-object.ts';
import { createBucket } from './actions/create-bucket.ts';
import { createMultipartUpload } from './actions/create-multipart-upload.ts';
import { deleteBucket } from './actions/delete-bucket.ts';
import { deleteObject } from './actions/delete-object.ts';
import { deleteObjectTagging } from './actions/delete-object-tagging.ts';
import { deleteObjects } from './actions/delete-objects.ts';
import { getBucketLocation } from './actions/get-bucket-location.ts';
import { getBucketNotificationConfiguration } from './actions/get-bucket-notification-configuration.ts';
import { getBucketVersioning } from './actions/get-bucket-versioning.ts';
import { getObject } from './actions/get-object.ts';
import { getObjectAttributes } from './actions/get-object-attributes.ts';
import { getObjectTagging } from './actions/get-object-tagging.ts';
import { headBucket } from './actions/head-bucket.ts';
import { listBuckets } from './actions/list-buckets.ts';
import { listMultipartUploads } from './actions/list-multipart-uploads.ts';
import { listObjectVersions } from './actions/list-object-versions.ts';
import { listObjects } from './actions/list-objects.ts';
import { listObjectsV2 } from './actions/list-objects-v2.ts';
import { listParts } from './actions/list-parts.ts';
import { putBucketNotificationConfiguration } from './actions/put-bucket-notification-configuration.ts';
import { putBucketVersioning } from './actions/put-bucket-versioning.ts';
import { putObject } from './actions/put-object.ts';
import { putObjectTagging } from './actions/put-object-tagging.ts';
import { uploadPart } from './actions/upload-part.ts';
import { uploadPartCopy } from './actions/upload-part-copy.ts';
import type { Action } from './call.ts';
import type { S3Request } from './wire/request.ts';
import { S3Error } from './wire/s3-error.ts';

interface Operation {
  readonly method: string;
  readonly on: 'service' | 'bucket' | 'object';
  /** Query parameters that must be there. */
  readonly query?: readonly string[];
  /** A header that must be there. */
  readonly header?: string;
  readonly action: Action;
}

/** The first that fits answers. */
const OPERATIONS: readonly Operation[] = [
  { method: 'GET', on: 'service', action: listBuckets },

  { method: 'HEAD', on: 'bucket', action: headBucket },
  { method: 'GET', on: 'bucket', query: ['location'], action: getBucketLocation },
  { method: 'GET', on: 'bucket', query: ['versioning'], action: getBucketVersioning },
  { method: 'PUT', on: 'bucket', query: ['versioning'], action: putBucketVersioning },
  { method: 'GET', on: 'bucket', query: ['notification'], action: getBucketNotificationConfiguration },
  { method: 'PUT', on: 'bucket', query: ['notification'], action: putBucketNotificationConfiguration },
  { method: 'GET', on: 'bucket', query: ['versions'], action: listObjectVersions },
  { method: 'GET', on: 'bucket', query: ['uploads'], action: listMultipartUploads },
  { method: 'GET', on: 'bucket', query: ['list-type'], action: listObjectsV2 },
  { method: 'GET', on: 'bucket', action: listObjects },
  { method: 'POST', on: 'bucket', query: ['delete'], action: deleteObjects },
  { method: 'PUT', on: 'bucket', action: createBucket },
  { method: 'DELETE', on: 'bucket', action: deleteBucket },

  { method: 'GET', on: 'object', query: ['attributes'], action: getObjectAttributes },
  { method: 'GET', on: 'object', query: ['tagging'], action: getObjectTagging },
  { method: 'PUT', on: 'object', query: ['tagging'], action: putObjectTagging },
  { method: 'DELETE', on: 'object', query: ['tagging'], action: deleteObjectTagging },
  { method: 'POST', on: 'object', query: ['uploads'], action: createMultipartUpload },
  { method: 'GET', on: 'object', query: ['uploadId'], action: listParts },
  {
    method: 'PUT',
    on: 'object',
    query: ['uploadId', 'partNumber'],
    header: 'x-amz-copy-source',
    action: uploadPartCopy,
  },
  { method: 'PUT', on: 'object', query: ['uploadId', 'partNumber'], action: uploadPart },
  { method: 'POST', on: 'object', query: ['uploadId'], action: completeMultipartUpload },
  { method: 'DELETE', on: 'object', query: ['uploadId'], action: abortMultipartUpload },
  { method: 'GET', on: 'object', action: getObject },
  { method: 'HEAD', on: 'object', action: getObject },
  { method: 'PUT', on: 'object', header: 'x-amz-copy-source', action: copyObject },
  { method: 'PUT', on: 'object', action: putObject },
  { method: 'DELETE', on: 'object', action: deleteObject },
];

/** Parameters that choose another operation: were one overlooked, `PUT /bucket/key?acl` would overwrite the object. */
const SUBRESOURCES = new Set([
  'accelerate',
  'acl',
  'analytics',
  'append',
  'attributes',
  'cors',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metadataConfiguration',
  'metadataTable',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'session',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versioning',
  'versions',
  'website',
]);

/** Throws NotImplemented for S3's other operations, and MethodNotAllowed for what is none. */
export function findAction(request: S3Request): Action {
  const on = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object';
  const subresources = [...request.query.keys()].filter((name) => SUBRESOURCES.has(name));
  const operation = OPERATIONS.find(
    ({ method, on: level, query = [], header }) =>
      method === request.method &&
      level === on &&
      query.every((name) => request.query.has(name)) &&
      subresources.every((name) => query.includes(name)) &&
      (header === undefined || request.header(header) !== undefined),
  );
  if (operation) return operation.action;
  if (subresources.length > 0) {
    throw new S3Error('NotImplemented', { fields: { Operation: `${request.method} ?${subresources.join('&')}` } });
  }
  throw new S3Error('MethodNotAllowed', { fields: { Method: request.method, ResourceType: on.toUpperCase() } });
}
