/** Copies new checkpoints to the bucket while a job trains. https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html */
import { mkdirSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { filesBelow, uploadFile } from './transfer.ts';

/** What a trainer is writing has this in its name until it is whole. */
const unfinished = /\.(tmp|new|partial)/;
/** Several files of one checkpoint appear together. */
const settleMilliseconds = 500;

/** Starts watching; the result copies what is left and ends it. A checkpoint deleted here is deleted there. */
export function watchCheckpoints(s3: S3Client, folder: string, uri: string): () => Promise<void> {
  mkdirSync(folder, { recursive: true });
  const copied = new Map<string, string>();
  let last = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const synchronize = () => {
    last = last.then(() => copyChanges(s3, folder, uri, copied)).catch(() => {}); // the next change tries again
  };
  const watcher = watch(folder, () => {
    clearTimeout(timer);
    timer = setTimeout(synchronize, settleMilliseconds);
  });
  return async () => {
    watcher.close();
    clearTimeout(timer);
    synchronize();
    await last;
  };
}

async function copyChanges(s3: S3Client, folder: string, uri: string, copied: Map<string, string>): Promise<void> {
  const present = new Set<string>();
  for (const file of await filesBelow(folder)) {
    const name = relative(folder, file).split(sep).join('/');
    if (unfinished.test(name)) continue;
    present.add(name);
    const { mtimeMs, size } = await stat(file);
    const version = `${mtimeMs}/${size}`;
    if (copied.get(name) === version) continue;
    await uploadFile(s3, file, `${uri.replace(/\/$/, '')}/${name}`);
    copied.set(name, version);
  }
  for (const name of copied.keys()) {
    if (present.has(name)) continue;
    const [, Bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*?)\/?$/.exec(uri) ?? [];
    await s3.send(new DeleteObjectCommand({ Bucket, Key: `${prefix}/${name}` }));
    copied.delete(name);
  }
}
