/** `npm run demo`: from a dropped dataset to a model that answers on two devices, for real, in a few minutes. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { RunView } from '@dropforge/api-contract';
import { type Cloud, localServices, startCloud } from '@dropforge/local';
import { runIdOfDrop } from '@dropforge/pipeline-state/flow';
import { PROCESSORS } from '@dropforge/recipe';
import { type ApiClient, createApiClient } from '../api/api-client.ts';
import { watchRun } from '../runs/watch-run.ts';
import { processTerminal } from '../terminal/process-terminal.ts';
import { createScreen } from '../terminal/terminal.ts';
import { askDevices } from './ask-devices.ts';
import { readEvidence } from './evidence.ts';
import { demoRecipe } from './recipe.ts';
import { conclude, leastAccuracy, moreTime } from './report.ts';
import { writeArchive } from './write-archive.ts';

const usage = `Usage: npm run demo -- [options]
  --seconds N       training time                             (60)
  --targets LIST    what to build for, with commas            (x86_64,aarch64,armv7l)
  --report FILE     write the result as JSON as well
  --directory DIR   where the embedded cloud keeps everything (.dropforge/demo)`;

/** Golden images that both devices are asked about. */
const askedImages = 5;
const root = fileURLToPath(new URL('../../..', import.meta.url));
const terminal = processTerminal();
const screen = createScreen(terminal, process.env);
const show = (line: string) => screen.line(line);

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    targets: { type: 'string', default: PROCESSORS.join() },
    report: { type: 'string' },
    directory: { type: 'string', default: join(root, '.dropforge/demo') },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(usage);
else process.exitCode = await demo();

async function demo(): Promise<number> {
  const startedAt = performance.now();
  const directory = values.directory;
  show('Starting the embedded cloud…');
  const cloud = await startCloud({ directory, serverlessFile: join(root, 'serverless.yml'), services: localServices });
  try {
    const runId = await drop(cloud, join(directory, 'fashion-mnist.tar'));
    show(`The run is ${runId}; Slack would show ${cloud.endpoints.slack}`);
    const api = createApiClient({ url: cloud.endpoints.api });
    const run = await watch(runId, api);
    if (run.state !== 'deployed' || !run.model) return fail(run, directory);
    return await finish(run, run.model, cloud, api, directory, startedAt);
  } finally {
    await cloud.stop();
  }
}

/** Writes the archive and drops it, the recipe first, exactly as a user would. */
async function drop(cloud: Cloud, archive: string): Promise<string> {
  mkdirSync(join(archive, '..'), { recursive: true });
  const images = await writeArchive(archive);
  const { size } = await stat(archive);
  const Bucket = bucketOf(cloud);
  const Key = 'drops/fashion/demo/fashion-mnist.tar';
  show(`Dropping ${images.toLocaleString('en')} images (${(size / 1e6).toFixed(0)} MB) into s3://${Bucket}/${Key}…`);
  const s3 = connect(cloud);
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'drops/fashion/demo/recipe.yaml',
      Body: demoRecipe(Number(values.seconds), values.targets.split(',')),
    }),
  );
  const { VersionId = '' } = await new Upload({
    client: s3,
    params: { Bucket, Key, Body: await readFile(archive) },
  }).done();
  s3.destroy();
  rmSync(archive); // it lies in the bucket now
  return runIdOfDrop(Bucket, Key, VersionId);
}

async function finish(
  run: RunView,
  model: NonNullable<RunView['model']>,
  cloud: Cloud,
  api: ApiClient,
  directory: string,
  startedAt: number,
): Promise<number> {
  const s3 = connect(cloud);
  const evidence = await readEvidence(s3, bucketOf(cloud), run.runId, model.modelId, run.attempt);
  s3.destroy();
  const size = evidence.pixels.length / (Object.values(evidence.targets)[0]?.images ?? 1);
  const images = Array.from({ length: askedImages }, (_, index) =>
    evidence.pixels.subarray(index * size, (index + 1) * size),
  );
  const devices = await askDevices(api, images);
  const seconds = (performance.now() - startedAt) / 1000;
  const artifacts = `s3://${bucketOf(cloud)}/models/${model.modelId}/`;
  const { text, report, holds } = conclude({ run, model, evidence, devices, seconds, artifacts, directory });
  for (const line of text.split('\n')) show(line);
  if ((evidence.accuracy ?? 0) < leastAccuracy) show(moreTime(Number(values.seconds)));
  if (values.report) writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`);
  return holds ? 0 : 1;
}

/** The logs say what the reasons do not. */
function fail({ reasons }: RunView, directory: string): number {
  if (reasons.some(({ code }) => code === 'ACCURACY')) show(moreTime(Number(values.seconds)));
  show(`The logs are in ${join(directory, 'logs')} and ${join(directory, 'sagemaker')}.`);
  return 1;
}

function watch(runId: string, api: ApiClient): Promise<RunView> {
  const { signal } = new AbortController();
  const context = {
    terminal,
    screen,
    json: false,
    now: () => new Date(),
    pollMilliseconds: 500,
    signal,
    connect: async () => ({ api }),
  };
  return watchRun(context, runId, { isNew: true, patienceMilliseconds: 60_000 });
}

function connect({ endpoints, environment }: Cloud): S3Client {
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
  };
  return new S3Client({
    endpoint: endpoints.s3,
    region: environment.AWS_REGION ?? '',
    forcePathStyle: true,
    credentials,
  });
}

function bucketOf({ description }: Cloud): string {
  return description.buckets[0]?.name ?? '';
}
