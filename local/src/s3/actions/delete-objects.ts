import { readDocument } from '../body/read-document.ts';
import type { Action, Call } from '../call.ts';
import { removeObject } from '../remove-object.ts';
import { xmlReply } from '../wire/reply.ts';
import { asS3Error, S3Error } from '../wire/s3-error.ts';
import { writeXml, type XmlContent, type XmlElement } from '../wire/xml.ts';

const KEYS_MAX = 1000;

/** POST /bucket?delete. Each key succeeds or fails by itself; the answer is 200 either way. */
export const deleteObjects: Action = async (call) => {
  const { request, verified, store } = call;
  store.buckets.get(request.bucket);
  // A damaged list would delete the wrong objects, so this is one of the few requests that must carry a checksum.
  const hasChecksum =
    request.headersWith('x-amz-checksum-').length > 0 || request.header('x-amz-trailer') !== undefined;
  if (!hasChecksum && request.header('content-md5') === undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    });
  }
  const list = await readDocument(request, verified, { root: 'Delete' });
  const objects = list.all('Object');
  if (objects.length === 0 || objects.length > KEYS_MAX) throw new S3Error('MalformedXML');
  const isQuiet = list.textOf('Quiet') === 'true';
  const deleted: XmlContent[] = [];
  const errors: XmlContent[] = [];
  for (const object of objects) {
    try {
      const done = await deleteOne(call, object);
      if (!isQuiet) deleted.push(done);
    } catch (cause) {
      const { code, message } = asS3Error(cause);
      errors.push({ Key: object.textOf('Key'), VersionId: object.textOf('VersionId'), Code: code, Message: message });
    }
  }
  return xmlReply(writeXml('DeleteResult', { Deleted: deleted, Error: errors }));
};

async function deleteOne({ request, store, now }: Call, object: XmlElement): Promise<XmlContent> {
  const key = object.textOf('Key');
  if (key === undefined || key === '') throw new S3Error('MalformedXML');
  const version = object.textOf('VersionId') || undefined;
  const removed = await removeObject(store, {
    bucket: request.bucket,
    key,
    version,
    ifMatch: object.textOf('ETag'),
    modifiedMs: now().getTime(),
  });
  return {
    Key: key,
    VersionId: version,
    DeleteMarker: removed.isDeleteMarker ? true : undefined,
    DeleteMarkerVersionId: removed.isDeleteMarker ? removed.version : undefined,
  };
}
