import { rmSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { RunView } from '@dropforge/api-contract';
import { createApiClient, createScreen, type Terminal, watchRun } from '@dropforge/cli';
import { type Cloud, fleetService, sageMakerService, startCloud } from '@dropforge/local';
import { runIdOfDrop } from '@dropforge/pipeline-state';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askDevices } from '../../cli/src/demo/ask-devices.ts';
import { readEvidence } from '../../cli/src/demo/evidence.ts';
import { greyPng } from '../../cli/src/demo/grey-png.ts';
import { stateFolder } from '../../local/src/testing/state-folder.ts';

/** Everything is real here, and small: the trainer, the compilers, the emulator, the agents. */
let cloud: Cloud;
let s3: S3Client;
const directory = stateFolder('real');

beforeAll(async () => {
  const devices = (['x86_64', 'armv7l'] as const).map((architecture) => ({
    thing: `device-${architecture}`,
    architecture,
  }));
  // Nobody asks these devices for anything meanwhile, so they need not be watched for as long as others.
  const fleet = fleetService({ devices, groupName: 'dropforge-devices', watchSeconds: 1 });
  cloud = await startCloud({ directory, serverlessFile: 'serverless.yml', services: [sageMakerService(), fleet] });
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = cloud.environment;
  s3 = new S3Client({
    endpoint: cloud.endpoints.s3,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
});
afterAll(async () => {
  s3?.destroy();
  await cloud?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('a dropped dataset, with the real jobs', () => {
  it('becomes a model that two devices answer with, bit for bit the same', async () => {
    const run = await drop(await archive());
    expect(run.reasons).toEqual([]);
    expect(run.state).toBe('deployed');
    const evidence = await readEvidence(s3, 'dropforge', run.runId, run.model?.modelId ?? '', run.attempt);
    expect(evidence.targets).toMatchObject({
      x86_64: { agree: true, images: 12 },
      armv7l: { agree: true, images: 12 },
    });
    expect(evidence.kernels).toEqual({
      wasm: { agree: true, images: 12 },
      'wasm-relaxed': { agree: true, images: 12 },
    });
    // Bright, dark and striped squares: who cannot tell these apart has learnt nothing.
    expect(evidence.accuracy).toBeGreaterThan(0.6);
    const image = evidence.pixels.subarray(0, 16 * 16 * 3);
    const answers = await askDevices(createApiClient({ url: cloud.endpoints.api }), [image]);
    expect(answers.map(({ arch }) => arch).sort()).toEqual(['armv7l', 'x86_64']);
    expect(answers[0]?.logits).toEqual(answers[1]?.logits);
    expect(new Set(answers.map(({ modelDigest }) => modelDigest))).toEqual(new Set([run.model?.modelDigest]));
  }, 240_000);
});

const recipe = `
imageSize: 16
network: { name: lmnet-v1, width: 0.5 }
batchSize: 16
budget: { epochs: 30 }
evaluation: { goldenImages: 12 }
targets: [x86_64, armv7l]
gates: { minimumAccuracy: 0 }
deployment: { to: dropforge-devices, approval: auto }
`;

async function drop(body: Buffer): Promise<RunView> {
  const Key = 'drops/squares/one/squares.tar';
  await s3.send(new PutObjectCommand({ Bucket: 'dropforge', Key: 'drops/squares/one/recipe.yaml', Body: recipe }));
  const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket: 'dropforge', Key, Body: body }));
  return watch(runIdOfDrop('dropforge', Key, VersionId));
}

function watch(runId: string): Promise<RunView> {
  const silent = () => {};
  const terminal: Terminal = {
    write: silent,
    writeError: silent,
    isTerminal: false,
    isErrorTerminal: false,
    columns: 80,
    input: process.stdin,
  };
  const api = createApiClient({ url: cloud.endpoints.api });
  const { signal } = new AbortController();
  const context = {
    terminal,
    screen: createScreen(terminal, {}),
    json: false,
    now: () => new Date(),
    pollMilliseconds: 250,
    signal,
  };
  return watchRun({ ...context, connect: async () => ({ api }) }, runId, { isNew: true });
}

/** 240 squares of 16 pixels, of three kinds; no two are alike. */
async function archive(): Promise<Buffer> {
  const tar = pack();
  const kinds = { bright: () => 200, dark: () => 50, striped: (row: number) => (row % 4 < 2 ? 220 : 30) };
  for (const [name, shade] of Object.entries(kinds)) {
    for (let index = 0; index < 80; index++) {
      const pixels = Uint8Array.from(
        { length: 256 },
        (_, pixel) => shade(pixel >> 4) + ((pixel * 7 + index * 13) % 31),
      );
      tar.entry({ name: `${name}/${index}.png` }, greyPng(pixels, 16));
    }
  }
  tar.finalize();
  return buffer(tar);
}
