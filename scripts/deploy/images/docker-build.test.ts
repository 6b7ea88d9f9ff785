import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Order } from './build-images.ts';
import { buildWithDocker } from './docker-build.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const order: Order = {
  name: 'train-cuda',
  dockerfile: 'jobs/train/Dockerfile',
  device: 'cuda',
  repository: 'TrainRepositoryUri',
  tag: 'cuda-1',
  files: ['jobs/train/Dockerfile', 'jobs/train/train'],
  uri: 'host.example/train:cuda-1',
};
const registry = { password: async () => 'secret' };

it('logs in with the password on standard input, then builds a folder that holds the sources alone', async () => {
  const calls: (readonly [string, readonly string[], string | undefined])[] = [];
  let hadSources = false;
  await buildWithDocker(root, [order], registry, async (program, words, input) => {
    calls.push([program, words, input]);
    if (words[0] === 'buildx') hadSources = existsSync(join(words.at(-1) ?? '', 'jobs/train/train'));
    return 0;
  });
  const [login, build] = calls;
  expect(login).toEqual(['docker', ['login', '--username', 'AWS', '--password-stdin', 'host.example'], 'secret']);
  const context = build?.[1].at(-1) ?? '';
  expect(build).toEqual([
    'docker',
    [
      ...['buildx', 'build', '--platform', 'linux/amd64', '--provenance=false', '--sbom=false'],
      ...['--output', 'type=image,name=host.example/train:cuda-1,oci-mediatypes=false,push=true'],
      ...['--file', join(context, 'jobs/train/Dockerfile'), '--build-arg', 'DEVICE=cuda', context],
    ],
    undefined,
  ]);
  expect(hadSources).toBe(true);
  expect(existsSync(context)).toBe(false);
});

it.each([
  ['LOGIN_FAILED', 'login'],
  ['BUILD_FAILED', 'buildx'],
])('ends with %s when that is what docker does', async (code, failing) => {
  const run = async (_: string, [verb]: readonly string[]) => (verb === failing ? 1 : 0);
  await expect(buildWithDocker(root, [order], registry, run)).rejects.toMatchObject({ code });
});

it('says what to install where there is no docker', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  try {
    await expect(buildWithDocker(root, [order], registry)).rejects.toMatchObject({ code: 'DOCKER_MISSING' });
  } finally {
    process.env.PATH = path;
  }
});
