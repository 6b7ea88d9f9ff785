/**
 * Where moto does otherwise than AWS, so that a contract's sentence does not hold there. For each it was looked up who is
 * right; where we were wrong, ours was changed and stands here no more. One that vanishes fails, so that the list stays true.
 */
import type { KnownDifference } from './moto/judge.ts';

const s3 = 'https://docs.aws.amazon.com/AmazonS3/latest';
const checksums = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

const objectDifferences: readonly KnownDifference[] = [
  {
    suite: 's3',
    does: 'reads a range in any unit as one in bytes, instead of ignoring it',
    page: 'https://www.rfc-editor.org/rfc/rfc9110#section-14.2',
    sentences: ['objects: a range that has no byte is refused, and one that makes no sense is ignored'],
  },
  {
    suite: 's3',
    does: 'takes a key of more than 1024 bytes',
    page: `${s3}/userguide/object-keys.html`,
    sentences: ['objects: a key of 1024 bytes is stored, one of 1025 is refused'],
  },
  {
    suite: 's3',
    does: 'takes any amount of metadata',
    page: `${s3}/userguide/UsingMetadata.html`,
    sentences: ['objects: metadata of more than 2 KiB is refused'],
  },
  {
    suite: 's3',
    does: 'takes two tags of one name',
    page: `${s3}/userguide/object-tagging.html`,
    sentences: ['objects: tags are set, read and removed without touching the object'],
  },
  {
    suite: 's3',
    does: 'does not tell whether a checksum is of the whole object',
    page: `${s3}/API/API_HeadObject.html`,
    sentences: [
      'objects: attributes have size, class and the ETag without quotation marks',
      ...checksums.map((name) => `integrity: ${name} is checked, kept and given back`),
    ],
  },
  {
    suite: 's3',
    does: 'stores a body whose checksum does not fit',
    page: `${s3}/userguide/checking-object-integrity-upload.html`,
    sentences: [
      ...checksums.map(
        (name) =>
          `integrity: ${name} that does not fit is refused, in a header or after a stream, and nothing is stored`,
      ),
      'integrity: Content-MD5 is checked, and one that is none is InvalidDigest',
    ],
  },
  {
    suite: 's3',
    does: 'lets If-Unmodified-Since refuse what If-Match allows',
    page: `${s3}/API/API_GetObject.html`,
    sentences: ['conditions: a reader gets 304 for what it has and 412 for what it does not want'],
  },
  {
    suite: 's3',
    does: 'verifies no signature',
    page: `${s3}/userguide/using-presigned-url.html`,
    sentences: ['presigned URLs: a changed path, parameter or signature is refused'],
  },
  {
    suite: 's3',
    does: 'never answers when a response header would hold a line break',
    page: `${s3}/API/API_GetObject.html`,
    sentences: ['presigned URLs: a label that no header can carry is refused'],
  },
];

const bucketDifferences: readonly KnownDifference[] = [
  {
    suite: 's3',
    does: 'fails on a continuation token of one’s own making',
    page: `${s3}/API/API_ListObjectsV2.html`,
    sentences: ["lists: no keys at all are a whole page, and a token of one's own making is refused"],
  },
  {
    suite: 's3',
    does: 'gives common prefixes again on every page of the first version of the list',
    page: `${s3}/API/API_ListObjects.html`,
    sentences: ['lists: the first version of the list pages by marker'],
  },
  {
    suite: 's3',
    does: 'ignores the conditions on a copy’s source',
    page: `${s3}/API/API_CopyObject.html`,
    sentences: ['copies: conditions on the source, and a source that is not there, are refused'],
  },
  {
    suite: 's3',
    does: 'fails on keys with control characters',
    page: `${s3}/API/API_DeleteObjects.html`,
    sentences: ['deletes: many go at once, whatever their names, and a quiet list names only failures'],
  },
  {
    suite: 's3',
    does: 'does not know the version null of what was there before versioning',
    page: `${s3}/userguide/AddingObjectstoVersionSuspendedBuckets.html`,
    sentences: [
      'versions: what was there before versioning is the version null, and suspended versioning overwrites it',
    ],
  },
];

const multipartDifferences: readonly KnownDifference[] = [
  {
    suite: 's3',
    does: 'gives the whole object for one part’s number',
    page: `${s3}/API/API_GetObject.html`,
    sentences: ['multipart uploads: parts become one object, whose ETag is the hash of their hashes'],
  },
  {
    suite: 's3',
    does: 'completes from parts in any order, and from parts that it does not have',
    page: `${s3}/API/API_CompleteMultipartUpload.html`,
    sentences: [
      'multipart uploads: a wrong order is refused',
      'multipart uploads: a missing part, a wrong ETag, a small part and no part at all are refused',
    ],
  },
  {
    suite: 's3',
    does: 'does not say that a page of parts is not the last',
    page: `${s3}/API/API_ListParts.html`,
    sentences: ['multipart uploads: parts are listed in pages'],
  },
  {
    suite: 's3',
    does: 'lists all uploads at once, in no order',
    page: `${s3}/API/API_ListMultipartUploads.html`,
    sentences: ['multipart uploads: unfinished ones: are listed by key and age, in pages and folded'],
  },
  {
    suite: 's3',
    does: 'copies less than the range that was asked for',
    page: `${s3}/API/API_UploadPartCopy.html`,
    sentences: ['multipart uploads: a part can be copied from a range of another object'],
  },
  {
    suite: 's3',
    does: 'keeps no checksums of parts and joins none',
    page: `${s3}/userguide/checking-object-integrity-upload.html`,
    sentences: [
      ...['CRC32', 'CRC32C', 'CRC64NVME'].map(
        (name) => `multipart uploads: ${name} of the whole object is joined from the parts`,
      ),
      ...['CRC32', 'SHA256'].map(
        (name) => `multipart uploads: ${name} is composite unless asked otherwise, and every part must bring its own`,
      ),
    ],
  },
];

const eventDifferences: readonly KnownDifference[] = [
  {
    suite: 'event-bridge',
    does: 'takes a detail that is no object, events in AWS’s own name, and requests without entries or beyond the size',
    page: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html',
    sentences: [
      'PutEvents: answers an entry that has a detail that is no object for itself, at its place, and takes the others',
      'PutEvents: answers an entry that speaks for AWS for itself, at its place, and takes the others',
      'PutEvents: refuses no entries, eleven entries and far too many bytes as a whole',
    ],
  },
  {
    suite: 'event-bridge',
    does: 'does not look into arrays of objects, and asks {"exists": false} of one element at a time',
    page: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html',
    sentences: [
      'a rule: decides on exists false, absent from one element only',
      'a rule: decides on an array of objects',
    ],
  },
  {
    suite: 'event-bridge',
    does: 'takes every $or for the operator',
    page: 'https://github.com/aws/event-ruler#or-matching',
    sentences: ['a rule: decides on $or as the name of a field'],
  },
  {
    suite: 'event-bridge',
    does: 'takes operators that do not exist, or fails on them',
    page: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html',
    sentences: [
      'a rule: is refused for an unknown operator',
      'a rule: is refused for a prefix that is no text',
      'a rule: is refused for a comparison that is none',
    ],
  },
];

const deviceDifferences: readonly KnownDifference[] = [
  {
    suite: 'kms',
    does: 'has no Ed25519 keys',
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html',
  },
  {
    suite: 'greengrass',
    does: 'has the first version of Greengrass alone',
    page: 'https://docs.aws.amazon.com/greengrass/v2/APIReference/Welcome.html',
  },
  {
    suite: 'iot',
    does: 'does not see that two groups without properties are the same',
    page: 'https://github.com/getmoto/moto/pull/5316',
    sentences: ['creates the same thing or group again without a word'],
  },
  {
    suite: 'iot',
    does: 'gives the members of a group in one page of any size',
    page: 'https://docs.aws.amazon.com/iot/latest/apireference/API_ListThingsInThingGroup.html',
    sentences: ['lists a group in pages that together name everybody once'],
  },
  {
    suite: 'iot',
    does: 'takes any name for a thing',
    page: 'https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html',
    sentences: ['refuses a name with a space'],
  },
];

const jobDifferences: readonly KnownDifference[] = [
  {
    suite: 'sagemaker',
    does: 'overwrites a job with another of the same name',
    page: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html',
    sentences: [
      'a training job: has its name once, whatever became of it',
      'a processing job: has its name once, whatever became of it',
    ],
  },
  {
    suite: 'sagemaker',
    does: 'checks no member of a job',
    page: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html',
    sentences: [
      'a training job: is refused with an underscore in its name',
      'a training job: is refused with 64 characters in its name',
      'a training job: is refused with no time at all',
      'a training job: is refused with an output outside S3',
      'a processing job: is refused with an underscore in its name',
    ],
  },
  {
    suite: 'sagemaker',
    does: 'cannot stop a training job',
    page: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html',
    sentences: ['a training job: that was never ordered cannot be stopped'],
  },
  {
    suite: 'sagemaker',
    does: 'forgets the environment and the resources of a processing job',
    page: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeProcessingJob.html',
    sentences: ['a processing job: is described as it was ordered, with its ARN, its state and its times'],
  },
];

export const knownDifferences: readonly KnownDifference[] = [
  ...objectDifferences,
  ...bucketDifferences,
  ...multipartDifferences,
  ...eventDifferences,
  ...deviceDifferences,
  ...jobDifferences,
];
