import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobRoot } from '../../jobs/convert/src/job/testing/job-root.ts';
import { type BuildOptions, buildPlainImage, openFolder, type PlainImage } from './plain-image.ts';
import { ended, stopAt } from './started.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe('the conversion image', () => {
  let image: PlainImage;
  beforeAll(async () => {
    image = await build();
  });

  it('converts what SageMaker puts below /opt/ml/processing', async () => {
    const base = await job({ targets: ['x86_64', 'armv7l'] });
    const { code, lines } = await ended(image.start(base));
    expect(code, lines.join('\n')).toBe(0);
    expect((await readdir(join(base, 'processing/output/artifact'))).sort()).toEqual([
      'manifest.json',
      'model.safetensors',
      'output.tar.gz',
    ]);
    const said = await readFile(join(base, 'output/message'), 'utf8');
    expect(said).toMatch(/^x86_64: ok, 4 of 4 .*\narmv7l: ok, 4 of 4 /m);
    const kept = lines.find((line) => line.startsWith('privileges-kept'));
    const owner = (await stat(join(base, 'output/message'))).uid;
    expect(owner === 10001 || kept !== undefined).toBe(true);
  });

  it('says that it was stopped, and leaves at once', async () => {
    const base = await job({ targets: ['x86_64', 'aarch64', 'armv7l'] });
    const { code, lines } = await stopAt(image.start(base), /^progress .* stage=reference/);
    expect(code, lines.join('\n')).toBe(143);
    expect(JSON.parse(await readFile(join(base, 'output/message'), 'utf8'))).toMatchObject({
      cause: 'killed',
      code: 'STOPPED',
    });
  });

  it('holds no tests and nothing that only tests use', async () => {
    const files = await readdir(join(image.root, 'opt/dropforge/jobs'), { recursive: true });
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((path) => /\.test\.ts$|testing/.test(path))).toEqual([]);
  });
});

describe('a conversion image', () => {
  it.each([
    ['the converter', /^COPY jobs\/convert\/src .*$/m],
    ['the reference executor', /^COPY shared\/quantized-inference\/src .*$/m],
    ['the C runtime', /^COPY jobs\/convert\/runtime .*$/m],
    ['the engine', /^COPY edge\/gateware\/rtl .*$/m],
    ['its packages', /^COPY jobs\/convert\/image\/package.json .*$/m],
  ])('without the COPY of %s is not built', async (_, copy) => {
    await expect(build({ change: (text) => text.replace(copy, '') })).rejects.toThrow(/^RUN (node|npm ci)/);
  });

  it('that asks for a Debian package which the tests do not have is not built', async () => {
    const change = (text: string) => text.replace('qemu-user ', 'qemu-user no-such-package ');
    await expect(build({ change })).rejects.toThrow('not installed here: no-such-package');
  });
});

async function build(options: BuildOptions = {}): Promise<PlainImage> {
  const folder = await openFolder();
  folders.push(folder);
  return buildPlainImage(repository, 'jobs/convert/Dockerfile', folder, options);
}

async function job(config: Record<string, unknown>): Promise<string> {
  const base = await jobRoot({ config });
  folders.push(base);
  await chmod(base, 0o755);
  return base;
}
