/** Copies new checkpoints to the bucket while a job trains. https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html */
import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { filesBelow, keysBelow, nameBelow, parseUri, under, uploadFile } from './transfer.ts';

/** What a trainer is writing has this in its name until it is whole. */
const unfinished = /\.(tmp|new|partial)/;
const defaultMilliseconds = 2_000;

/** A checkpoint that is in the bucket. */
interface Copy {
  /** Which state of the file it is; undefined: an earlier cloud made it. */
  readonly stamp?: string;
  readonly versionId?: string | undefined;
}

export type ForgetVersion = (version: { Bucket: string; Key: string; VersionId: string }) => Promise<unknown>;

export interface CheckpointWatch {
  readonly s3: S3Client;
  /** Gives the disk free: SageMaker leaves a deleted checkpoint's versions to the bucket's lifecycle, which is not here. */
  readonly forget?: ForgetVersion | undefined;
  readonly folder: string;
  /** Where the bucket keeps them. */
  readonly uri: string;
  readonly log: (message: string) => void;
  /** Between two looks. */
  readonly milliseconds?: number;
}

/** Starts watching; the result copies what is left and ends it. A checkpoint deleted here is deleted there. */
export function watchCheckpoints(options: CheckpointWatch): () => Promise<void> {
  const ending = new AbortController();
  const work = watch(options, ending.signal);
  return async () => {
    ending.abort();
    await work;
  };
}

async function watch(options: CheckpointWatch, signal: AbortSignal): Promise<void> {
  const { s3, uri, log, milliseconds = defaultMilliseconds } = options;
  let copies: Map<string, Copy> | undefined;
  for (let last = false; ; last = signal.aborted) {
    try {
      copies ??= new Map((await keysBelow(s3, under(uri, ''))).map((key) => [nameOf(key, uri), {}]));
      await copyChanges(options, copies);
    } catch (error) {
      // A file may be replaced while it is read, and the disk may be full: the next look tries again.
      if (last) log(`The newest checkpoint is not in ${uri}: ${error instanceof Error ? error.message : error}`);
    }
    if (last) return;
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}

async function copyChanges({ s3, forget, folder, uri }: CheckpointWatch, copies: Map<string, Copy>): Promise<void> {
  const present = new Set<string>();
  for (const file of await filesBelow(folder)) {
    const name = nameBelow(folder, file);
    if (unfinished.test(name)) continue;
    present.add(name);
    const { mtimeMs, size } = await stat(file);
    const stamp = `${mtimeMs}/${size}`;
    if (copies.get(name)?.stamp === stamp) continue;
    copies.set(name, { stamp, versionId: await uploadFile(s3, file, under(uri, name)) });
  }
  for (const [name, { versionId: VersionId }] of copies) {
    if (present.has(name)) continue;
    const { bucket: Bucket, key: Key } = parseUri(under(uri, name));
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    if (VersionId !== undefined) await forget?.({ Bucket, Key, VersionId });
    copies.delete(name);
  }
}

function nameOf(key: string, uri: string): string {
  return key.slice(parseUri(under(uri, '')).key.length);
}
