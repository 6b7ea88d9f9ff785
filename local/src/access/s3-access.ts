/** The same for S3, which knows its operations only after its own dispatcher has looked at the request. */
import type { S3Guard } from '../s3/create-s3.ts';
import type { S3Request } from '../s3/wire/request.ts';
import type { Access } from './access.ts';
import { permissionToLearnOfAbsence } from './permissions/s3.ts';
import type { ApiCall } from './permissions-for.ts';

export function s3Guard(access: Access): S3Guard {
  const check = (accessKeyId: string, operation: string, request: S3Request, absent: boolean) => {
    const call: ApiCall = { service: 's3', operation, input: inputOf(request) };
    const further = absent ? permissionToLearnOfAbsence(request.bucket) : undefined;
    return access.check(accessKeyId, call, request.message, further);
  };
  return {
    secretOf: (accessKeyId) => access.identities.find(accessKeyId)?.secretAccessKey,
    refuses: (accessKeyId, operation, request) => check(accessKeyId, operation, request, false),
    hides: (accessKeyId, operation, request) => check(accessKeyId, operation, request, true) !== undefined,
  };
}

function inputOf({ bucket, key, query, headersWith }: S3Request): ApiCall['input'] {
  return { ...Object.fromEntries(headersWith('x-amz-')), ...Object.fromEntries(query), Bucket: bucket, Key: key };
}
