import { describe, expect, it } from 'vitest';
import { type BuildPorts, buildImages, type Order } from './build-images.ts';
import type { JobImage } from './job-images.ts';

const images: JobImage[] = [
  {
    name: 'train-cpu',
    dockerfile: 'jobs/train/Dockerfile',
    device: 'cpu',
    repository: 'TrainRepositoryUri',
    tag: 'cpu-1',
    files: [],
  },
  { name: 'convert', dockerfile: 'jobs/convert/Dockerfile', repository: 'ConvertRepositoryUri', tag: '2', files: [] },
];
const outputs = { TrainRepositoryUri: 'host/train', ConvertRepositoryUri: 'host/convert' };
const stage = { stage: 'dev', region: 'eu-west-1' };

describe('building images', () => {
  it('builds what is missing and names what there is', async () => {
    const world = createWorld(['host/train:cpu-1']);
    await buildImages(images, stage, world.ports);
    expect(world.built.map(({ uri }) => uri)).toEqual(['host/convert:2']);
    expect(world.said).toEqual([
      'train-cpu: there already, host/train:cpu-1 (sha256:host/train:cpu-1)',
      'convert: to build, host/convert:2',
      'convert: built, host/convert:2 (sha256:host/convert:2)',
    ]);
  });

  it('has nothing to do a second time', async () => {
    const world = createWorld([]);
    await buildImages(images, stage, world.ports);
    await buildImages(images, stage, world.ports);
    expect(world.built).toHaveLength(2);
  });

  it('says what to do without a stack', async () => {
    const { ports } = createWorld([]);
    const account = { outputs: async () => undefined };
    await expect(buildImages(images, stage, { ...ports, account })).rejects.toMatchObject({
      code: 'STACK_MISSING',
      action: 'Deploy it first: npm run deploy -- --stage dev --region eu-west-1',
    });
  });

  it('does not believe a build that left nothing', async () => {
    const { ports } = createWorld([]);
    await expect(buildImages(images, stage, { ...ports, build: async () => undefined })).rejects.toMatchObject({
      code: 'IMAGE_MISSING',
    });
  });
});

function createWorld(there: readonly string[]) {
  const kept = new Set(there);
  const built: Order[] = [];
  const said: string[] = [];
  const ports: BuildPorts = {
    account: { outputs: async (stackName) => (stackName === 'dropforge-dev' ? outputs : undefined) },
    registry: {
      digestOf: async (repository, tag) =>
        kept.has(`${repository}:${tag}`) ? `sha256:${repository}:${tag}` : undefined,
    },
    build: async (orders) => {
      built.push(...orders);
      for (const { uri } of orders) kept.add(uri);
    },
    say: (line) => said.push(line),
  };
  return { ports, built, said };
}
