import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageSources, stageSources } from './image-sources.ts';

const ignoreFile = '# why\n*\n!job/Dockerfile\n!job/src\n!shared.sh\n**/*.test.ts\n**/__pycache__\n';

describe('the sources of an image', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'dropforge-sources-test-'));
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    await put('.gitignore', '*.log\n');
    await put('job/Dockerfile', 'FROM x');
    await put('job/Dockerfile.dockerignore', ignoreFile);
    await put('job/src/main.ts', 'main');
    await put('job/src/main.test.ts', 'test');
    await put('job/src/__pycache__/main.pyc', 'cache');
    await put('job/src/debug.log', 'log');
    await put('job/srcs.ts', 'beside');
    await put('shared.sh', 'shared');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are what the ignore file lets through and git does not ignore', async () => {
    const { files } = await imageSources(root, 'job/Dockerfile');
    expect(files).toEqual(['job/Dockerfile', 'job/src/main.ts', 'shared.sh']);
  });

  it('have another version when and only when one of them changes', async () => {
    const { version } = await imageSources(root, 'job/Dockerfile');
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    await put('job/src/main.test.ts', 'another test');
    await put('job/srcs.ts', 'another');
    expect((await imageSources(root, 'job/Dockerfile')).version).toBe(version);
    await put('shared.sh', 'changed');
    const changed = (await imageSources(root, 'job/Dockerfile')).version;
    expect(changed).not.toBe(version);
    await rm(join(root, 'job/src/main.ts'));
    expect((await imageSources(root, 'job/Dockerfile')).version).not.toBe(changed);
  });

  it('are staged at the same places, and nothing else is', async () => {
    const folder = join(root, '.git/staged');
    await stageSources(root, (await imageSources(root, 'job/Dockerfile')).files, folder);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'job',
      'job/Dockerfile',
      'job/src',
      'job/src/main.ts',
      'shared.sh',
    ]);
  });

  it.each([['!job/src\n'], ['*\n!job/*/x\n'], ['*\njob\n']])('are refused for an ignore file like %j', async (text) => {
    await put('job/Dockerfile.dockerignore', text);
    await expect(imageSources(root, 'job/Dockerfile')).rejects.toMatchObject({ code: 'IGNORE_FILE_INVALID' });
  });

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
});
