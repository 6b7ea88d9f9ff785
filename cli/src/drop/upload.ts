import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { CliError } from '../cli-error.ts';
import { storageError } from '../cloud/storage-error.ts';

export interface UploadTarget {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly signal: AbortSignal;
}

const MIB = 1024 * 1024;
/** S3 takes 10,000 parts; some are kept for headers that an estimate leaves out. */
const PARTS = 9_500;
const PARTS_AT_ONCE = 4;

/** Sends a stream in parts; gives the object's version (its ETag in a bucket without versions), which names the run. */
export async function uploadStream(
  { s3, bucket, key, signal }: UploadTarget,
  body: Readable,
  expectedBytes: number,
  onProgress: (sentBytes: number) => void,
): Promise<string> {
  const partSize = Math.max(8 * MIB, Math.ceil(expectedBytes / PARTS / MIB) * MIB);
  const upload = new Upload({
    client: s3,
    queueSize: PARTS_AT_ONCE,
    partSize,
    params: { Bucket: bucket, Key: key, Body: body },
  });
  const stop = () => void upload.abort();
  signal.addEventListener('abort', stop, { once: true });
  upload.on('httpUploadProgress', ({ loaded = 0 }) => onProgress(loaded));
  // The SDK answers a broken stream with its own error, so the stream's is kept.
  let broken: Error | undefined;
  body.once('error', (error) => {
    broken = error;
  });
  try {
    signal.throwIfAborted();
    const { VersionId, ETag = '' } = await upload.done();
    return VersionId ?? ETag.replaceAll('"', '');
  } catch (error) {
    if (signal.aborted) signal.throwIfAborted();
    throw broken instanceof CliError ? broken : storageError(error, `s3://${bucket}/${key}`);
  } finally {
    signal.removeEventListener('abort', stop);
    body.destroy();
  }
}

export function uploadFile(
  target: UploadTarget,
  file: string,
  bytes: number,
  onProgress: (sentBytes: number) => void,
): Promise<string> {
  return uploadStream(target, createReadStream(file, { highWaterMark: MIB }), bytes, onProgress);
}

/** Sends a small text in one piece. */
export async function uploadText({ s3, bucket, key, signal }: UploadTarget, text: string): Promise<void> {
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/yaml' }), {
      abortSignal: signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw storageError(error, `s3://${bucket}/${key}`);
  }
}

/** Whether an object is there; when that may not be asked, it is taken for absent. */
export async function isThere({ s3, bucket, key }: UploadTarget): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch {
    return false;
  }
}
