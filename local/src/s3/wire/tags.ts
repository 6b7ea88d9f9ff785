/** Object tags, in the header's form and in the document's. */

import { readQuery } from './request.ts';
import { S3Error } from './s3-error.ts';
import type { XmlElement } from './xml.ts';

const TAGS_MAX = 10;
const NAME_CHARACTERS_MAX = 128;
const VALUE_CHARACTERS_MAX = 256;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export type Tags = Readonly<Record<string, string>>;

/** `x-amz-tagging: a=1&b=2`, URL-encoded. Throws InvalidTag, BadRequest. */
export function tagsFromHeader(header: string | undefined): Tags {
  return header === undefined ? {} : checked(readQuery(header));
}

/** `<Tagging><TagSet><Tag>…`. Throws InvalidTag, BadRequest. */
export function tagsFromXml(tagging: XmlElement): Tags {
  const tags = tagging.all('TagSet').flatMap((set) => set.all('Tag'));
  return checked(tags.map((tag): [string, string] => [tag.textOf('Key') ?? '', tag.textOf('Value') ?? '']));
}

function checked(tags: readonly [name: string, value: string][]): Tags {
  if (tags.length > TAGS_MAX) throw new S3Error('BadRequest', { message: 'Object tags cannot be greater than 10' });
  if (new Set(tags.map(([name]) => name)).size < tags.length) {
    throw new S3Error('InvalidTag', { message: 'Cannot provide multiple Tags with the same key' });
  }
  for (const [name, value] of tags) {
    if (name === '' || [...name].length > NAME_CHARACTERS_MAX || !ALLOWED.test(name) || /^aws:/i.test(name)) {
      throw new S3Error('InvalidTag', { message: 'The TagKey you have provided is invalid', fields: { TagKey: name } });
    }
    if ([...value].length > VALUE_CHARACTERS_MAX || !ALLOWED.test(value)) {
      throw new S3Error('InvalidTag', {
        message: 'The TagValue you have provided is invalid',
        fields: { TagKey: name },
      });
    }
  }
  return Object.fromEntries(tags);
}
