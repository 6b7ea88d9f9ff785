/** Moves a job's files between the bucket and its folder, as SageMaker does around a container. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** A stream cannot be sent again when a request fails, so small files are sent from memory, and large ones part by part. */
const multipartFromBytes = 8 * 1024 * 1024;

/**
 * Copies every object below a prefix into a folder, by the part of its key after the prefix's last slash; so a prefix
 * that is one object's whole key copies that object. Rejects when there is nothing to copy.
 */
export async function download(s3: S3Client, uri: string, folder: string): Promise<void> {
  if ((await downloadAll(s3, uri, folder)) === 0) throw new Error(`No S3 objects found under S3 URL "${uri}".`);
}

/** The same, where nothing may be there. Returns the number of objects. */
export async function downloadAll(s3: S3Client, uri: string, folder: string): Promise<number> {
  const { bucket, key: prefix } = parseUri(uri);
  const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  await mkdir(folder, { recursive: true });
  let count = 0;
  for (const key of await keysBelow(s3, uri)) {
    if (key.endsWith('/')) continue;
    await downloadOne(s3, bucket, key, inside(folder, key.slice(base.length)));
    count++;
  }
  return count;
}

/** Every key that begins as the URI's does. */
export async function keysBelow(s3: S3Client, uri: string): Promise<string[]> {
  const { bucket, key } = parseUri(uri);
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key }))
    keys.push(...Contents.map(({ Key = '' }) => Key));
  return keys;
}

async function downloadOne(s3: S3Client, Bucket: string, Key: string, file: string): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  if (!(Body instanceof Readable)) throw new Error(`S3 gave no body for ${Key}.`);
  await mkdir(dirname(file), { recursive: true });
  await pipeline(Body, createWriteStream(file));
}

/** Puts every file below a folder under a prefix; a folder that is not there is empty. */
export async function uploadFolder(s3: S3Client, folder: string, uri: string): Promise<void> {
  for (const file of await filesBelow(folder)) await uploadFile(s3, file, under(uri, nameBelow(folder, file)));
}

/** Puts one file at a URI and returns its version, if the bucket keeps versions. */
export async function uploadFile(s3: S3Client, file: string, uri: string): Promise<string | undefined> {
  const { bucket: Bucket, key: Key } = parseUri(uri);
  const { size } = await stat(file);
  if (size < multipartFromBytes)
    return (await s3.send(new PutObjectCommand({ Bucket, Key, Body: await readFile(file) }))).VersionId;
  const Body = createReadStream(file);
  const upload = new Upload({ client: s3, params: { Bucket, Key, Body } });
  return (await upload.done().finally(() => Body.destroy())).VersionId;
}

/** Every regular file below a folder, by path. Links are not followed: a job could point them anywhere. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A file's path below a folder, with slashes, as keys and archives have it. */
export function nameBelow(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

/** The URI of a name below a prefix, which may or may not end with a slash. */
export function under(uri: string, name: string): string {
  return `${uri.replace(/\/$/, '')}/${name}`;
}

export function parseUri(uri: string): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? [];
  if (!bucket) throw new Error(`not an S3 URI: ${uri}`);
  return { bucket, key };
}

/** Keys may hold `..`; files stay in their folder. */
function inside(folder: string, path: string): string {
  const file = resolve(folder, path);
  if (!file.startsWith(resolve(folder) + sep)) throw new Error(`The key ${path} leaves its folder.`);
  return file;
}
