import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { type AccountBuildPorts, buildInAccount, buildspec } from './account-build.ts';
import type { Order } from './build-images.ts';
import type { Build } from './builds.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const outputs = { BucketName: 'bucket', ImageBuildName: 'dropforge-images-dev' };
const orders: Order[] = [
  {
    name: 'train-cpu',
    dockerfile: 'jobs/train/Dockerfile',
    device: 'cpu',
    repository: 'TrainRepositoryUri',
    tag: 'cpu-1',
    files: ['jobs/train/Dockerfile', 'jobs/drop-privileges'],
    uri: 'host/train:cpu-1',
  },
  {
    name: 'convert',
    dockerfile: 'jobs/convert/Dockerfile',
    repository: 'ConvertRepositoryUri',
    tag: '2',
    files: ['jobs/convert/Dockerfile', 'jobs/drop-privileges'],
    uri: 'host/convert:2',
  },
];
const running = (phase: string): Build => ({ status: 'IN_PROGRESS', phase, reasons: [] });

describe('a build in the account', () => {
  it('gets the sources and the orders, and is followed to its end', async () => {
    const world = createWorld([
      running('PROVISIONING'),
      running('BUILD'),
      running('BUILD'),
      { ...running(''), status: 'SUCCEEDED' },
    ]);
    await buildInAccount(root, orders, outputs, world.ports);
    const [{ bucket, key, body } = { bucket: '', key: '', body: Buffer.alloc(0) }] = world.uploads;
    expect([bucket, key]).toEqual(['bucket', expect.stringMatching(/^builds\/[0-9a-f]{32}\.zip$/)]);
    expect(await namesIn(body)).toEqual([
      buildspec,
      'jobs/convert/Dockerfile',
      'jobs/drop-privileges',
      'jobs/train/Dockerfile',
    ]);
    expect(world.started).toEqual([
      [
        'dropforge-images-dev',
        `bucket/${key}`,
        { IMAGES: 'jobs/train/Dockerfile,cpu,host/train:cpu-1 jobs/convert/Dockerfile,,host/convert:2' },
      ],
    ]);
    expect(world.said.slice(2)).toEqual(['  provisioning', '  build']);
  });

  it('takes the same sources for the same zip', async () => {
    const keys = [];
    for (let time = 0; time < 2; time++) {
      const world = createWorld([{ ...running(''), status: 'SUCCEEDED' }]);
      await buildInAccount(root, orders, outputs, world.ports);
      keys.push(world.uploads[0]?.key);
    }
    expect(keys[0]).toBe(keys[1]);
  });

  it('that fails says which phase, why, and where its log is', async () => {
    const end = {
      status: 'FAILED',
      phase: 'COMPLETED',
      reasons: ['BUILD: COMMAND_EXECUTION_ERROR, exit status 1'],
      log: 'https://log',
    };
    const { ports } = createWorld([end]);
    await expect(buildInAccount(root, orders, outputs, ports)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: 'Build images:1 ended as FAILED. BUILD: COMMAND_EXECUTION_ERROR, exit status 1',
      action: 'Its log says more: https://log',
    });
  });

  it('needs a stack that has the project', async () => {
    const { ports } = createWorld([]);
    await expect(buildInAccount(root, orders, { BucketName: 'bucket' }, ports)).rejects.toMatchObject({
      code: 'STACK_OUTDATED',
    });
  });
});

function createWorld(looks: readonly Build[]) {
  const uploads: { bucket: string; key: string; body: Buffer }[] = [];
  const started: unknown[] = [];
  const said: string[] = [];
  const left = [...looks];
  const ports: AccountBuildPorts = {
    account: {
      putObject: async (bucket, key, body) => void uploads.push({ bucket, key, body: Buffer.from(body) }),
    },
    builds: {
      start: async (...order) => {
        started.push(order);
        return 'images:1';
      },
      look: async () => left.shift() ?? running('unexpected'),
    },
    say: (line) => said.push(line),
    lookSeconds: 0,
  };
  return { ports, uploads, started, said };
}

function namesIn(zip: Buffer): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  fromBuffer(zip, (error, file) => {
    if (error) return reject(error);
    const names: string[] = [];
    file.on('entry', ({ fileName }) => names.push(fileName));
    file.on('end', () => resolve(names));
    file.on('error', reject);
  });
  return promise;
}
