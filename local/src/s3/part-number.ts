import type { S3Request } from './wire/request.ts';
import { S3Error } from './wire/s3-error.ts';

export const PARTS_MAX = 10_000;

/** The query's part number, 1 to 10,000. Throws InvalidArgument. */
export function readPartNumber(request: S3Request): number {
  const text = request.query.get('partNumber') ?? '';
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number >= 1 && number <= PARTS_MAX) return number;
  throw new S3Error('InvalidArgument', {
    message: `Part number must be an integer between 1 and ${PARTS_MAX}, inclusive`,
    fields: { ArgumentName: 'partNumber', ArgumentValue: text },
  });
}
