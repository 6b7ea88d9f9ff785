/** Image files at the runner's command line: what it sees of them, what it writes, what it refuses. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { argmax, runReference } from '@dropforge/quantized-inference';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from './target.ts';
import { targets } from './targets.ts';
import { badImages } from './testing/bad-images.ts';
import { buildSmallRunner, runRunner, smallModel } from './testing/run-runner.ts';

const python = process.env.DROPFORGE_PYTHON ?? '/usr/bin/python3';
const script = fileURLToPath(new URL('./testing/make_images.py', import.meta.url));
const { height, width } = smallModel.input;

let directory: string;
let names: string[];
const file = (name: string) => join(directory, name);

const runners = new Map<Target, Promise<string[]>>();
/** Each is built once. */
function runnerFor(target: Target): Promise<string[]> {
  const runner = runners.get(target) ?? buildSmallRunner(target, file(target.name));
  runners.set(target, runner);
  return runner;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-images-'));
  const { stdout } = await promisify(execFile)(python, [script, directory, String(height), String(width)]);
  names = stdout.trim().split('\n');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

// A board with an engine decodes images with the same objects as its processor alone.
describe.each(Object.values(targets).filter(({ engine }) => !engine))('on $name', (target) => {
  it('it sees of every kind of image what the trainer sees, bit for bit', async () => {
    const command = await runnerFor(target);
    expect(names.length).toBeGreaterThan(40);
    const differing: string[] = [];
    for (const name of names) {
      const { stdout, stderr } = await runRunner(command, ['--pixels', file(name)]);
      const expected = await readFile(file(name.replace(/\.\w+$/, '.u8')));
      if (!stdout.equals(expected)) differing.push(`${name} ${stderr}`);
    }
    expect(differing).toEqual([]);
  });
});

describe('an image file', () => {
  let runner: string[];
  beforeAll(async () => {
    runner = await runnerFor(targets.x86_64);
  });

  it('gives an output.json with numbers, UTC dates and a summary of every stage', async () => {
    const [first = '', second = ''] = names;
    const images = ['-i', file(first), '--input_image', file(second)];
    const { code, stdout } = await runRunner(runner, [...images, '--trial', '20', '-o', file('output')]);
    expect(code).toBe(0);
    const document = JSON.parse(await readFile(file('output/output.json'), 'utf8'));
    const classes = smallModel.classes.map((name, id) => ({ id, name }));
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(document).toMatchObject({ version: 0.2, task: 'IMAGE.CLASSIFICATION', classes, date });
    for (const [index, name] of [first, second].entries()) {
      const { file_path: path, prediction } = document.results[index];
      expect(path).toBe(file(name));
      const logits = runReference(smallModel, await readFile(file(name.replace(/\.\w+$/, '.u8'))));
      const probabilities = prediction.map(({ probability }: { probability: number }) => probability);
      expect(argmax(probabilities)).toBe(argmax(logits));
      expect(probabilities.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 5);
      expect(stdout.toString()).toContain(`${file(name)}: ${smallModel.classes[argmax(logits)]} (`);
    }
    const { trials, kernels, ...stages } = document.benchmark;
    expect({ trials, kernels }).toEqual({ trials: 20, kernels: expect.any(String) });
    expect(Object.keys(stages)).toEqual(['total', 'pre', 'inference', 'post']);
    for (const { mean, std, p50, p95 } of Object.values<Record<string, number>>(stages)) {
      expect([mean, std, p50, p95].every((value) => Number.isFinite(value) && Number(value) >= 0)).toBe(true);
      expect(p95).toBeGreaterThanOrEqual(p50 ?? 0);
    }
  });

  it('whose name is no text still gives JSON', async () => {
    const folder = file('names');
    await mkdir(folder);
    const name = Buffer.concat([
      Buffer.from(`${folder}/a`),
      Buffer.from([0xff, 0xc3, 0x22, 0x0a]),
      Buffer.from('.png'),
    ]);
    await writeFile(name, await readFile(file('alpha.png')));
    // Node passes arguments as UTF-8 alone; a shell passes any bytes.
    const shell = ['/bin/sh', '-c', 'exec "$0" -o "$1" -i "$1"/*.png', ...runner, folder];
    expect(await runRunner(shell, [])).toMatchObject({ code: 0 });
    const { results } = JSON.parse(await readFile(join(folder, 'output.json'), 'utf8'));
    expect(results[0].file_path).toBe(`${folder}/a\ufffd\ufffd"\n.png`);
  });

  it('is the same interlaced and not', async () => {
    const picture = sharp(await readFile(file('rgb-large.png')));
    await writeFile(file('interlaced.png'), await picture.png({ progressive: true }).toBuffer());
    const [plain, interlaced] = await Promise.all(
      ['rgb-large.png', 'interlaced.png'].map((name) => runRunner(runner, ['--pixels', file(name)])),
    );
    expect(interlaced?.code).toBe(0);
    expect(interlaced?.stdout.equals(plain?.stdout ?? Buffer.alloc(0))).toBe(true);
  });

  it('that is none is refused by its code, and the last output stays', async () => {
    await mkdir(file('kept'));
    await writeFile(file('kept/output.json'), 'old');
    for (const [name, code, content] of await badImages()) {
      await writeFile(file(name), content);
      const outcome = await runRunner(runner, ['-i', file('alpha.png'), '-i', file(name), '-o', file('kept')]);
      expect(outcome, name).toMatchObject({ code: 4, stderr: expect.stringContaining(`dropforge-run: ${code}: `) });
    }
    for (const name of [directory, file('missing.jpg')]) {
      const outcome = await runRunner(runner, ['-i', name, '-o', file('kept')]);
      expect(outcome).toMatchObject({ code: 4, stderr: expect.stringContaining('FILE_UNREADABLE') });
    }
    expect(await readdir(file('kept'))).toEqual(['output.json']);
    expect(await readFile(file('kept/output.json'), 'utf8')).toBe('old');
  });

  it('of more than 32 MiB is refused before it is read', async () => {
    await writeFile(file('huge.jpg'), Buffer.alloc((32 << 20) + 1));
    const outcome = await runRunner(runner, ['--pixels', file('huge.jpg')]);
    expect(outcome).toMatchObject({ code: 4, stderr: expect.stringContaining('FILE_TOO_LARGE') });
  });
});
