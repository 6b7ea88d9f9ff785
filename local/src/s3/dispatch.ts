/** Which operation a request is. */

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

export interface Operation {
  /** As the API reference calls it. */
  readonly name: string;
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
  { name: 'ListBuckets', method: 'GET', on: 'service', action: listBuckets },

  { name: 'HeadBucket', method: 'HEAD', on: 'bucket', action: headBucket },
  { name: 'GetBucketLocation', method: 'GET', on: 'bucket', query: ['location'], action: getBucketLocation },
  { name: 'GetBucketVersioning', method: 'GET', on: 'bucket', query: ['versioning'], action: getBucketVersioning },
  { name: 'PutBucketVersioning', method: 'PUT', on: 'bucket', query: ['versioning'], action: putBucketVersioning },
  {
    name: 'GetBucketNotificationConfiguration',
    method: 'GET',
    on: 'bucket',
    query: ['notification'],
    action: getBucketNotificationConfiguration,
  },
  {
    name: 'PutBucketNotificationConfiguration',
    method: 'PUT',
    on: 'bucket',
    query: ['notification'],
    action: putBucketNotificationConfiguration,
  },
  { name: 'ListObjectVersions', method: 'GET', on: 'bucket', query: ['versions'], action: listObjectVersions },
  { name: 'ListMultipartUploads', method: 'GET', on: 'bucket', query: ['uploads'], action: listMultipartUploads },
  { name: 'ListObjectsV2', method: 'GET', on: 'bucket', query: ['list-type'], action: listObjectsV2 },
  { name: 'ListObjects', method: 'GET', on: 'bucket', action: listObjects },
  { name: 'DeleteObjects', method: 'POST', on: 'bucket', query: ['delete'], action: deleteObjects },
  { name: 'CreateBucket', method: 'PUT', on: 'bucket', action: createBucket },
  { name: 'DeleteBucket', method: 'DELETE', on: 'bucket', action: deleteBucket },

  { name: 'GetObjectAttributes', method: 'GET', on: 'object', query: ['attributes'], action: getObjectAttributes },
  { name: 'GetObjectTagging', method: 'GET', on: 'object', query: ['tagging'], action: getObjectTagging },
  { name: 'PutObjectTagging', method: 'PUT', on: 'object', query: ['tagging'], action: putObjectTagging },
  { name: 'DeleteObjectTagging', method: 'DELETE', on: 'object', query: ['tagging'], action: deleteObjectTagging },
  { name: 'CreateMultipartUpload', method: 'POST', on: 'object', query: ['uploads'], action: createMultipartUpload },
  { name: 'ListParts', method: 'GET', on: 'object', query: ['uploadId'], action: listParts },
  {
    name: 'UploadPartCopy',
    method: 'PUT',
    on: 'object',
    query: ['uploadId', 'partNumber'],
    header: 'x-amz-copy-source',
    action: uploadPartCopy,
  },
  { name: 'UploadPart', method: 'PUT', on: 'object', query: ['uploadId', 'partNumber'], action: uploadPart },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    on: 'object',
    query: ['uploadId'],
    action: completeMultipartUpload,
  },
  { name: 'AbortMultipartUpload', method: 'DELETE', on: 'object', query: ['uploadId'], action: abortMultipartUpload },
  { name: 'GetObject', method: 'GET', on: 'object', action: getObject },
  { name: 'HeadObject', method: 'HEAD', on: 'object', action: getObject },
  { name: 'CopyObject', method: 'PUT', on: 'object', header: 'x-amz-copy-source', action: copyObject },
  { name: 'PutObject', method: 'PUT', on: 'object', action: putObject },
  { name: 'DeleteObject', method: 'DELETE', on: 'object', action: deleteObject },
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
export function findOperation(request: S3Request): Operation {
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
  if (operation) return operation;
  if (subresources.length > 0) {
    throw new S3Error('NotImplemented', { fields: { Operation: `${request.method} ?${subresources.join('&')}` } });
  }
  throw new S3Error('MethodNotAllowed', { fields: { Method: request.method, ResourceType: on.toUpperCase() } });
}
