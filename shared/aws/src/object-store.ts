import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** An object has more bytes than anything of its kind should have. */
export class ObjectTooLarge extends Error {
  override readonly name = 'ObjectTooLarge';
}

/** Small objects of one bucket, whole. Streams and multipart have their own places. */
export interface ObjectStore {
  /** undefined: no such object. Throws ObjectTooLarge before reading one that is larger than `maximumBytes`. */
  read(key: string, maximumBytes: number): Promise<Buffer | undefined>;
  readJson(key: string, maximumBytes?: number): Promise<unknown>;
  write(key: string, body: string | Uint8Array, contentType: string): Promise<void>;
  writeJson(key: string, value: unknown): Promise<void>;
  /** Size in bytes; undefined: no such object. */
  size(key: string): Promise<number | undefined>;
}

/** Configurations, reports and manifests are far smaller; whatever is larger was not written by us. */
const jsonMaximumBytes = 16 * 1024 * 1024;

/** The object store on S3. */
export function createObjectStore(client: S3Client, bucket: string): ObjectStore {
  const read: ObjectStore['read'] = async (key, maximumBytes) => {
    try {
      const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (ContentLength > maximumBytes) {
        if (Body instanceof Readable) Body.destroy(); // else the connection waits for somebody to read it
        throw new ObjectTooLarge(`s3://${bucket}/${key} has ${ContentLength} bytes; at most ${maximumBytes} are read.`);
      }
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
  const write: ObjectStore['write'] = async (key, body, contentType) => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
      }),
    );
  };
  return {
    read,
    write,
    async readJson(key, maximumBytes = jsonMaximumBytes) {
      const bytes = await read(key, maximumBytes);
      if (!bytes) throw new Error(`s3://${bucket}/${key} does not exist.`);
      return JSON.parse(bytes.toString('utf8'));
    },
    writeJson: (key, value) => write(key, `${JSON.stringify(value, null, 2)}\n`, 'application/json'),
    async size(key) {
      try {
        return (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ContentLength;
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
  };
}
