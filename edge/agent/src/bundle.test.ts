import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleAgent } from './bundle.ts';
import { startAgentProcess } from './testing/agent-process.ts';
import { startFakeCloud } from './testing/fake-cloud.ts';
import { fakeImage, writeFakeRelease } from './testing/fake-release.ts';

/** As the component's recipe starts it. */
const nodeOptions = ['--no-opt', '--max-old-space-size=48', '--max-semi-space-size=1'];
const residentLimitKilobytes = 60_000;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-bundle-'));
});
afterAll(() => rm(directory, { recursive: true }));

it('is one small file of its own, named after its bytes', async () => {
  const file = join(directory, 'one.mjs');
  const { version, bytes } = await bundleAgent(file);
  expect((await bundleAgent(join(directory, 'made/two.mjs'))).version).toBe(version);
  expect(bytes).toBeLessThan(100_000);
  const modules = [...(await readFile(file, 'utf8')).matchAll(/^import .* from "([^"]+)"/gm)].map(([, name]) => name);
  expect(modules.filter((name) => !name?.startsWith('node:'))).toEqual([]);
});

it.skipIf(process.platform !== 'linux')('answers a hundred images in less than 60 MB of resident memory', async () => {
  const program = join(directory, 'agent.mjs');
  await bundleAgent(program);
  const cloud = await startFakeCloud();
  const { releasePath, artifactPath, keysPath, delivery } = await writeFakeRelease(join(directory, 'delivery'), {
    seed: 1,
  });
  const args = [
    '--release',
    releasePath,
    '--artifact',
    artifactPath,
    '--delivery',
    delivery,
    '--work',
    join(directory, 'work'),
    '--thing',
    'device-1',
  ];
  const environment = {
    DROPFORGE_ARCHITECTURE: 'x86_64',
    DROPFORGE_SIGNING_KEYS: keysPath,
    DROPFORGE_PREDICT_PORT: '0',
    DROPFORGE_WATCH_SECONDS: '0',
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: cloud.url,
  };
  const agent = startAgentProcess(program, args, environment, nodeOptions);
  const { predictUrl } = await cloud.waitFor(({ status }) => status === 'committed');
  for (let salt = 0; salt < 100; salt++) {
    const response = await fetch(`${predictUrl}/predict`, { method: 'POST', body: Buffer.from(fakeImage(salt)) });
    expect(response.status).toBe(200);
  }
  const status = await readFile(`/proc/${agent.child.pid}/status`, 'utf8');
  expect(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(residentLimitKilobytes);
  agent.child.kill('SIGTERM');
  await agent.ended;
  cloud.close();
});
