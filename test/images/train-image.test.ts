import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuildOptions, buildPlainImage, openFolder, type PlainImage, python } from './plain-image.ts';
import { ended, stopAt } from './started.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const isRoot = process.getuid?.() === 0;
const unprivileged = 10001;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe('the training image', () => {
  let image: PlainImage;
  beforeAll(async () => {
    image = await build({ buildArguments: { DEVICE: 'cpu' } });
  });

  it('trains when SageMaker runs it with the argument train', async () => {
    const base = await job({ budget: { epochs: 4 } });
    const { code, lines } = await ended(image.start(base, ['train']));
    expect(code, lines.join('\n')).toBe(0);
    expect((await readdir(join(base, 'model'))).sort()).toEqual([
      'confusion.json',
      'evaluation',
      'metrics.json',
      'model.onnx',
    ]);
    const owner = (await stat(join(base, 'model/model.onnx'))).uid;
    if (isRoot) expect(owner).toBe(unprivileged);
    else expect(lines).toContain(`privileges-kept user=${owner} reason="not started as root"`);
  });

  it('saves a checkpoint and a model and leaves well when it is stopped', async () => {
    const base = await job({ budget: { seconds: 600 } });
    const startedAt = performance.now();
    const { code, lines } = await stopAt(image.start(base), /^progress step=[1-9]/);
    expect(code, lines.join('\n')).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(120_000);
    expect(JSON.parse(await readFile(join(base, 'model/metrics.json'), 'utf8'))).toMatchObject({ finished: false });
    const saved = (await readdir(join(base, 'checkpoints'))).filter((name) => name.endsWith('.ckpt'));
    expect(saved.length).toBeGreaterThan(0);
    await expect(stat(join(base, 'output/failure'))).rejects.toThrow('ENOENT');
  });

  it('leaves the failure where SageMaker reads it', async () => {
    const base = await job({ batchSize: 0 });
    const { code } = await ended(image.start(base));
    expect(code).toBe(1);
    const [first = ''] = (await readFile(join(base, 'output/failure'), 'utf8')).split('\n');
    expect(JSON.parse(first)).toMatchObject({ cause: 'data', message: expect.stringContaining('batchSize') });
  });

  it.runIf(isRoot)('keeps its privileges and says so where only root may read the dataset', async () => {
    const base = await job({ budget: { epochs: 1 } });
    const shard = join(base, 'input/data/dataset/shard-00000.tar');
    await chmod(shard, 0o600);
    const { code, lines } = await ended(image.start(base));
    expect(code).toBe(0);
    expect(lines).toContain(`privileges-kept user=0 reason="only root may read ${shard}"`);
  });
});

describe('a training image', () => {
  it('is built for GPUs if nobody says otherwise', async () => {
    const image = await build();
    expect(await readdir(join(image.root, 'opt/dropforge/requirements'))).toEqual(['common.txt']);
    expect(image.command).toEqual(['train']);
  });

  it.each([
    ['the package', /^COPY jobs\/train\/dropforge_train .*$/m, /No module named 'dropforge_train'/],
    ['the requirements', /^COPY jobs\/train\/requirements\/common.txt .*$/m, /ENOENT.*common\.txt/],
  ])('without the COPY of %s is not built', async (_, copy, words) => {
    await expect(build({ change: (text) => text.replace(copy, '') })).rejects.toThrow(words);
  });

  it('without a file that it copies is not built', async () => {
    await expect(build({ without: 'jobs/drop-privileges' })).rejects.toThrow('COPY jobs/drop-privileges finds nothing');
    await expect(build({ without: 'jobs/train/dropforge_train/loop.py' })).rejects.toThrow('dropforge_train.loop');
  });

  it.each([
    ['drop-privileges', /^COPY --chmod=755 jobs\/drop-privileges .*$/m, 'ENOENT'],
    ['train', /^COPY --chmod=755 jobs\/train\/train .*$/m, 'only root may run train|train: not found'],
  ])('without the COPY of %s does not start', async (_, copy, words) => {
    const image = await build({ change: (text) => text.replace(copy, '') });
    const outcome = await ended(image.start(await job({}))).catch(({ code }) => ({ code, lines: [String(code)] }));
    expect(outcome.code).not.toBe(0);
    expect(outcome.lines.join('\n')).toMatch(new RegExp(words));
  });

  it('with an unpinned requirement is not built', async () => {
    const loose = (text: string) => text.replaceAll('--require-hashes ', '');
    await expect(build({ change: loose })).rejects.toThrow('RUN python3 -m pip install');
  });
});

async function build(options: BuildOptions = {}): Promise<PlainImage> {
  const folder = await openFolder();
  folders.push(folder);
  return buildPlainImage(repository, 'jobs/train/Dockerfile', folder, options);
}

/** A job's folder with the small synthetic dataset of the trainer's own tests. */
async function job(changes: Record<string, unknown>): Promise<string> {
  const base = await openFolder();
  folders.push(base);
  const script =
    'import json, sys; from pathlib import Path; from support import write_job; write_job(Path(sys.argv[1]), **json.loads(sys.argv[2]))';
  await promisify(execFile)(python, ['-c', script, base, JSON.stringify(changes)], {
    env: { ...process.env, PYTHONPATH: join(repository, 'jobs/train/tests'), PYTHONDONTWRITEBYTECODE: '1' },
  });
  return base;
}
