/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
import type { Permission } from '../policy.ts';
import { type Input, type Rules, text } from './rule.ts';

const bucketArn = (input: Input) => `arn:aws:s3:::${text(input, 'Bucket')}`;
const objectArn = (input: Input) => `${bucketArn(input)}/${text(input, 'Key')}`;

const onBucket = (action: string) => (input: Input) => [{ action: `s3:${action}`, resource: bucketArn(input) }];
const onObject = (action: string) => (input: Input) => [{ action: `s3:${action}`, resource: objectArn(input) }];
/** Many actions have a twin for a request that names a version. */
const onVersion = (action: string, twin: string) => (input: Input) =>
  onObject(text(input, 'versionId') === '' ? action : twin)(input);

const read = onVersion('GetObject', 'GetObjectVersion');

function listing(action: string) {
  return (input: Input): Permission[] => {
    const keys = { 's3:prefix': text(input, 'prefix'), 's3:delimiter': text(input, 'delimiter') };
    const context = Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== ''));
    return [{ action: `s3:${action}`, resource: bucketArn(input), context }];
  };
}

function put(input: Input): Permission[] {
  const tags = text(input, 'x-amz-tagging') === '' ? [] : onObject('PutObjectTagging')(input);
  return [...onObject('PutObject')(input), ...tags];
}

/** The source is read with the caller's rights. */
function copy(input: Input): Permission[] {
  const [source = '', query = ''] = text(input, 'x-amz-copy-source').replace(/^\//, '').split('?');
  const slash = source.indexOf('/');
  const versionId = new URLSearchParams(query).get('versionId') ?? '';
  const from = { Bucket: source.slice(0, slash), Key: decodeURIComponent(source.slice(slash + 1)), versionId };
  return [...read(from), ...put(input)];
}

export const s3: Rules = {
  AbortMultipartUpload: onObject('AbortMultipartUpload'),
  CompleteMultipartUpload: onObject('PutObject'),
  CopyObject: copy,
  CreateBucket: onBucket('CreateBucket'),
  CreateMultipartUpload: put,
  DeleteBucket: onBucket('DeleteBucket'),
  DeleteObject: onVersion('DeleteObject', 'DeleteObjectVersion'),
  DeleteObjectTagging: onVersion('DeleteObjectTagging', 'DeleteObjectVersionTagging'),
  // Each key is asked about by itself on AWS; here the whole bucket is, so a narrower Allow is refused.
  DeleteObjects: (input) => onObject('DeleteObject')({ ...input, Key: '*' }),
  GetBucketLocation: onBucket('GetBucketLocation'),
  GetBucketNotificationConfiguration: onBucket('GetBucketNotification'),
  GetBucketVersioning: onBucket('GetBucketVersioning'),
  GetObject: read,
  GetObjectAttributes: (input) => [
    ...read(input),
    ...onVersion('GetObjectAttributes', 'GetObjectVersionAttributes')(input),
  ],
  GetObjectTagging: onVersion('GetObjectTagging', 'GetObjectVersionTagging'),
  HeadBucket: onBucket('ListBucket'),
  HeadObject: read,
  ListBuckets: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
  ListMultipartUploads: onBucket('ListBucketMultipartUploads'),
  ListObjects: listing('ListBucket'),
  ListObjectsV2: listing('ListBucket'),
  ListObjectVersions: listing('ListBucketVersions'),
  ListParts: onObject('ListMultipartUploadParts'),
  PutBucketNotificationConfiguration: onBucket('PutBucketNotification'),
  PutBucketVersioning: onBucket('PutBucketVersioning'),
  PutObject: put,
  PutObjectTagging: onVersion('PutObjectTagging', 'PutObjectVersionTagging'),
  UploadPart: onObject('PutObject'),
  UploadPartCopy: copy,
};

/**
 * What tells a caller that an object is not there: without it S3 answers 403 instead of 404.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function permissionToLearnOfAbsence(bucket: string): Permission {
  return { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };
}
