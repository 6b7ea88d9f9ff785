import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Cloud } from './cloud.ts';
import { storageError } from './storage-error.ts';

/** Where the embedded cloud writes down how it can be reached, below the folder in which it was started. */
const CLOUD_FILE = path.join('.dropforge', 'cloud.json');

/** A file that came with somebody's archive must not send uploads to a stranger: only this machine counts. */
const LocalUrl = z.url().refine((url) => isLoopback(new URL(url)), 'an address of this machine');
const CloudFile = z.object({
  pid: z.int().positive(),
  stage: z.string().optional(),
  takesTokens: z.boolean().optional(),
  endpoints: z.object({ api: LocalUrl }),
  environment: z
    .object({
      AWS_ENDPOINT_URL: LocalUrl,
      AWS_ENDPOINT_URL_S3: LocalUrl.optional(),
      AWS_REGION: z.string(),
      AWS_ACCESS_KEY_ID: z.string(),
      AWS_SECRET_ACCESS_KEY: z.string(),
      SLACK_API_URL: LocalUrl.optional(),
    })
    .loose(),
});

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * The embedded cloud that runs in `directory`, in a folder above it, or in the project itself; throws NO_CLOUD. `token` is
 * for one whose API takes tokens; the usual one takes everybody from this machine.
 */
export async function findEmbeddedCloud(
  directory: string,
  token: string | undefined,
  projectRoot = defaultRoot,
): Promise<Cloud> {
  const stale: string[] = [];
  for (const folder of [...foldersUp(directory), projectRoot]) {
    const file = path.join(folder, CLOUD_FILE);
    const content = await readCloudFile(file);
    if (content === undefined) continue;
    if (isAlive(content.pid)) return toCloud(content, file, token);
    stale.push(file);
  }
  const left = stale[0] === undefined ? '' : ` One ran for ${path.dirname(stale[0])} and is gone.`;
  throw new CliError('unreachable', 'NO_CLOUD', `No embedded cloud runs here.${left}`, {
    where: directory,
    action: 'Start one with "npm start", or name one with --api URL or --stage NAME.',
  });
}

const defaultRoot = fileURLToPath(new URL('../../..', import.meta.url));

function foldersUp(directory: string): string[] {
  const parent = path.dirname(directory);
  return parent === directory ? [directory] : [directory, ...foldersUp(parent)];
}

async function readCloudFile(file: string): Promise<z.output<typeof CloudFile> | undefined> {
  try {
    return CloudFile.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined; // not there, or being written just now
  }
}

/** Signal 0 is none: it only asks. https://nodejs.org/api/process.html#processkillpid-signal */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it lives, under another user
  }
}

function toCloud(
  { stage, takesTokens, endpoints, environment }: z.output<typeof CloudFile>,
  file: string,
  token: string | undefined,
): Cloud {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = () => new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  return {
    name: `the embedded cloud of ${path.dirname(file)}`,
    apiUrl: endpoints.api,
    region,
    ...(takesTokens && token ? { auth: 'bearer', token } : { auth: 'none' }),
    s3,
    bucket: () => findBucket(s3(), endpoint),
    stage,
    aws: { region, endpoint: environment.AWS_ENDPOINT_URL, credentials },
    slackApiUrl: environment.SLACK_API_URL,
  };
}

/** The embedded cloud has one application, so one bucket; should there be more, it is the one with our name. */
async function findBucket(s3: S3Client, endpoint: string): Promise<string> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({})).catch((error: unknown) => {
    throw storageError(error, endpoint);
  });
  const names = Buckets.flatMap(({ Name }) => Name ?? []);
  const bucket =
    names.find((name) => name === 'dropforge') ?? names.find((name) => name.includes('dropforge')) ?? names[0];
  if (bucket !== undefined) return bucket;
  throw new CliError('unreachable', 'NO_BUCKET', 'The embedded cloud has no bucket.', { action: 'Start it again.' });
}
