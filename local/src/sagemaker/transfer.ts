/** Moves a job's files between the bucket and its folder, as SageMaker does around a container. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

const multipartFromBytes = 64 * 1024 * 1024;

/** Copies every object below a prefix into a folder; a prefix that is one object's whole key copies that object. */
export async function download(s3: S3Client, uri: string, folder: string): Promise<number> {
  const { bucket, key: prefix } = parseUri(uri);
  const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  await mkdir(folder, { recursive: true });
  let count = 0;
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
    for (const { Key = '' } of page.Contents ?? []) {
      if (Key.endsWith('/')) continue;
      await downloadOne(s3, bucket, Key, inside(folder, Key.slice(base.length)));
      count++;
    }
    token = page.NextContinuationToken;
  } while (token);
  return count;
}

async function downloadOne(s3: S3Client, Bucket: string, Key: string, file: string): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  await mkdir(dirname(file), { recursive: true });
  if (Body instanceof Readable) await pipeline(Body, createWriteStream(file));
}

/** Puts every file below a folder under a prefix; a folder that is not there is empty. Returns the keys. */
export async function uploadFolder(s3: S3Client, folder: string, uri: string): Promise<string[]> {
  const keys: string[] = [];
  for (const file of await filesBelow(folder)) {
    const target = `${uri.replace(/\/$/, '')}/${relative(folder, file).split(sep).join('/')}`;
    keys.push(await uploadFile(s3, file, target));
  }
  return keys;
}

/** Puts one file at a URI and returns its key. */
export async function uploadFile(s3: S3Client, file: string, uri: string): Promise<string> {
  const { bucket: Bucket, key: Key } = parseUri(uri);
  const { size } = await stat(file);
  const Body = createReadStream(file);
  if (size < multipartFromBytes) await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: size }));
  else await new Upload({ client: s3, params: { Bucket, Key, Body } }).done();
  return Key;
}

/** Every regular file below a folder, by path. Links are not followed: a job could point them anywhere. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function parseUri(uri: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? [];
  if (!bucket) throw new Error(`not an S3 URI: ${uri}`);
  return { bucket, key };
}

/** Keys may hold `..`; files stay in their folder. */
function inside(folder: string, path: string): string {
  const file = resolve(folder, path);
  if (!file.startsWith(resolve(folder) + sep)) throw new Error(`the key ${path} leaves its folder`);
  return file;
}
