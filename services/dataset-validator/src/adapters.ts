import { PassThrough, Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createObjectStore, s3 } from '@dropforge/aws';
import { type LooseFiles, type RandomAccessSource, RECIPE_BYTES_MAX } from '@dropforge/datasets';
import { READY_MARKER } from '@dropforge/datasets/drops';
import { readConfig } from '@dropforge/handler-kit';
import { bucketKeys } from '@dropforge/pipeline-state';
import { z } from 'zod';
import { DropMissing, type Ports } from './ports.ts';

const Config = z.object({ BUCKET_NAME: z.string().min(1) });
const manifestMaximumBytes = 16 * 1024 * 1024;

/** The ports on S3. */
export function createPorts(): Ports {
  const bucket = readConfig(Config).BUCKET_NAME;
  const client = s3();
  const objects = createObjectStore(client, bucket);
  const recipeIn = async (folder: string) => {
    for (const name of ['recipe.yaml', 'recipe.yml', 'dropforge.yaml']) {
      const text = await objects.read(`${folder}${name}`, RECIPE_BYTES_MAX);
      if (text) return { recipe: text.toString('utf8') };
    }
    return {};
  };
  return {
    async openDrop({ drop, kind, versionId }) {
      if (kind === 'files') return { source: { files: looseFiles(client, bucket, drop) } };
      const archive = await openArchive(client, {
        Bucket: bucket,
        Key: drop,
        ...(versionId ? { VersionId: versionId } : {}),
      });
      return { source: { archive }, ...(await recipeIn(drop.slice(0, drop.lastIndexOf('/') + 1))) };
    },
    datasets: {
      find: (name) => objects.read(`datasets/${name}`, manifestMaximumBytes),
      write: (name, content) =>
        objects.write(`datasets/${name}`, content, name.endsWith('.json') ? 'application/json' : 'application/x-tar'),
    },
    runFiles: { write: objects.write },
    async readManifest(digest) {
      const bytes = await objects.read(bucketKeys.manifest(digest), manifestMaximumBytes);
      return bytes && JSON.parse(bytes.toString('utf8'));
    },
  };
}

/** One object, read by ranges of the version that the event told of. */
async function openArchive(
  client: S3Client,
  object: { Bucket: string; Key: string; VersionId?: string },
): Promise<RandomAccessSource> {
  const { ContentLength: size = 0, ETag } = await client.send(new HeadObjectCommand(object)).catch((error: unknown) => {
    if (error instanceof NotFound || error instanceof NoSuchKey)
      throw new DropMissing(`s3://${object.Bucket}/${object.Key} is not there.`);
    throw error;
  });
  const get = async (range: string) => {
    const { Body } = await client.send(new GetObjectCommand({ ...object, Range: range, IfMatch: ETag }));
    if (!(Body instanceof Readable)) throw new Error(`S3 gave no body for ${object.Key}`);
    return Body;
  };
  return {
    name: object.Key.slice(object.Key.lastIndexOf('/') + 1),
    size,
    async read(start, end) {
      if (start === end) return Buffer.alloc(0);
      return Buffer.concat(await (await get(`bytes=${start}-${end - 1}`)).toArray());
    },
    stream: (start = 0) => later(size > start ? get(`bytes=${start}-`) : Promise.resolve(Readable.from([]))),
  };
}

function looseFiles(client: S3Client, Bucket: string, prefix: string): LooseFiles {
  return {
    name: prefix,
    async *list() {
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) {
        for (const { Key = '', Size = 0 } of page.Contents ?? []) {
          const path = Key.slice(prefix.length);
          if (path === READY_MARKER || path === '' || path.endsWith('/')) continue;
          yield { path, size: Size, open: () => openObject(client, Bucket, Key) };
        }
      }
    },
  };
}

async function openObject(client: S3Client, Bucket: string, Key: string): Promise<Readable> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  if (!(Body instanceof Readable)) throw new Error(`S3 gave no body for ${Key}`);
  return Body;
}

/** A stream that is there before its source has answered. */
function later(source: Promise<Readable>): Readable {
  const stream = new PassThrough({ highWaterMark: 256 * 1024 });
  source.then(
    (body) => {
      // Readers leave as soon as they have seen enough; the rest need not be sent.
      stream.once('close', () => body.destroy());
      body.on('error', (error) => stream.destroy(error)).pipe(stream);
    },
    (error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return stream;
}
