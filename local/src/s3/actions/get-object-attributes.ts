import { checksumElement } from '../body/checksums.ts';
import type { Action, Call } from '../call.ts';
import { readable } from '../store/objects.ts';
import type { StoredObject } from '../store/stored-object.ts';
import { versionHeader } from '../wire/object-headers.ts';
import { xmlReply } from '../wire/reply.ts';
import { S3Error } from '../wire/s3-error.ts';
import { writeXml, type XmlContent } from '../wire/xml.ts';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
const PARTS_MAX = 1000;

/** GET /bucket/key?attributes. Unlike everywhere else, the ETag has no quotation marks. */
export const getObjectAttributes: Action = (call) => {
  const { request, store } = call;
  const bucket = store.buckets.get(request.bucket);
  const wanted = (request.header('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim());
  if (!wanted.every((name) => ATTRIBUTES.includes(name))) {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid attribute name specified.',
      fields: { ArgumentName: 'x-amz-object-attributes' },
    });
  }
  const object = readable(store.objects, request.bucket, request.key, request.query.get('versionId'));
  const { checksum } = object;
  const all: Record<string, XmlContent> = {
    ETag: object.etag,
    // A composite value is given without the number of parts that its header ends in.
    Checksum: checksum && {
      [checksumElement(checksum.algorithm)]: checksum.value.split('-')[0],
      ChecksumType: checksum.type,
    },
    ObjectParts: object.etag.includes('-') ? describeParts(call, object) : undefined,
    StorageClass: object.headers['x-amz-storage-class'] ?? 'STANDARD',
    ObjectSize: object.size,
  };
  const document = writeXml('GetObjectAttributesResponse', Object.fromEntries(wanted.map((name) => [name, all[name]])));
  return xmlReply(document, {
    'last-modified': new Date(object.modifiedMs).toUTCString(),
    ...versionHeader(bucket, object),
  });
};

/** S3 lists the parts only of objects whose client chose a checksum; otherwise it gives their number alone. */
function describeParts({ request, store }: Call, object: StoredObject): XmlContent {
  const parts = store.objects.parts(object);
  const listable = parts.filter((part) => part.checksum !== undefined);
  const { checksum } = object;
  if (!checksum || listable.length === 0) return { PartsCount: parts.length };
  const marker = Number(request.header('x-amz-part-number-marker') ?? 0);
  const max = Math.min(Number(request.header('x-amz-max-parts') ?? PARTS_MAX), PARTS_MAX);
  const rest = listable.filter((part) => part.number > marker);
  const page = rest.slice(0, max);
  return {
    PartsCount: parts.length,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: max,
    IsTruncated: rest.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      Size: part.size,
      [checksumElement(checksum.algorithm)]: part.checksum,
    })),
  };
}
