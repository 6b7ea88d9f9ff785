import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseRecipe } from '@dropforge/recipe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandOptions, runCommand } from '../testing/run-command.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-recipe-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const run = (args: readonly string[], options: CommandOptions = {}) => runCommand(args, { directory, ...options });
const recipe = () => parseRecipe(readFileSync(path.join(directory, 'recipe.yaml'), 'utf8'));

describe('init', () => {
  it('asks, asks again what cannot be, and writes a recipe without faults', async () => {
    const typed = [
      'flowers',
      '',
      '',
      '33',
      '48',
      '',
      'seconds',
      '60',
      'momentum',
      '',
      '',
      'none',
      '',
      '',
      'armv7l, x86_64',
      '0.9',
      '',
      'auto',
    ];
    const { code, out, err } = await run(['init'], { input: `${typed.join('\n')}\n`, isTerminal: false });
    expect(code).toBe(0);
    expect(out).toBe(
      'Wrote recipe.yaml.\n  dropforge recipe explain recipe.yaml\n  dropforge drop <folder> --recipe recipe.yaml\n',
    );
    expect(err).toContain('imageSize: 33 is not a multiple of 16. Use 32x32 or 48x48.');
    expect(recipe()).toMatchObject({
      ok: true,
      parsed: {
        recipe: {
          ...{ name: 'flowers', imageSize: { height: 48, width: 48 }, budget: { seconds: 60 }, augmentations: [] },
          ...{ targets: ['armv7l', 'x86_64'], gates: { minimumAccuracy: 0.9 }, deployment: { approval: 'auto' } },
        },
      },
    });
  });

  it('takes what is usual where nothing more is typed, or nothing shall be asked', async () => {
    expect((await run(['init'], { input: 'pets\n' })).code).toBe(0);
    expect(recipe()).toMatchObject({ ok: true, parsed: { recipe: { name: 'pets' } } });
    expect(await run(['init', '--yes', '--force'])).toMatchObject({ code: 0, err: '' });
    expect(recipe()).toMatchObject({ ok: true });
  });

  it('never writes over a file that it was not told to', async () => {
    writeFileSync(path.join(directory, 'recipe.yaml'), 'mine');
    expect(await run(['init', '--yes'])).toMatchObject({ code: 5, err: expect.stringContaining('(FILE_EXISTS)') });
    expect(readFileSync(path.join(directory, 'recipe.yaml'), 'utf8')).toBe('mine');
  });
});

describe('recipe', () => {
  it('explain tells what training will cost at the prices of a region', async () => {
    writeFileSync(path.join(directory, 'r.yaml'), 'budget: {seconds: 3480}\ntraining: {maximumCostUsd: 0.5}\n');
    const known = await run(['recipe', 'explain', 'r.yaml', '--region', 'us-east-1']);
    expect(known).toMatchObject({
      code: 0,
      out: expect.stringContaining('about 0.21 USD for 3600 s of ml.c7i.xlarge'),
    });
    expect(known.out).toContain('at most 0.50 USD');
    const unknown = await run(['recipe', 'explain', 'r.yaml', '--region', 'eu-west-1']);
    expect(unknown).toMatchObject({ code: 1, out: expect.stringContaining('COST_NEEDS_PRICE') });
  });

  it('check names every fault with its line', async () => {
    writeFileSync(path.join(directory, 'r.yaml'), 'imageSize: 33\nnetwork: lmnet\n');
    const people = await run(['recipe', 'check', 'r.yaml']);
    expect(people.code).toBe(1);
    expect(people.err).toContain('    where: r.yaml:1:12\n      do: Use 32 or 48.\n');
    expect(people.err).toContain('    where: r.yaml:2:10\n');
    const programs = await run(['recipe', 'check', 'r.yaml', '--json']);
    expect(programs.code).toBe(1);
    expect(programs.json()).toMatchObject({
      faults: [{ code: 'IMAGE_SIZE_DIVISOR', nearest: [32, 48], position: { line: 1 } }, {}],
    });
  });

  it('explain says what every value will be, for the dataset that is described', async () => {
    writeFileSync(path.join(directory, 'r.yaml'), 'budget: {epochs: 4}\n');
    const { code, out } = await run([
      'recipe',
      'explain',
      'r.yaml',
      '--classes',
      '2',
      '--train-images',
      '640',
      '--validation-images',
      '100',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^For 2 classes, 640 training and 100 held-out images:\n/);
    expect(out).toMatch(/^budget +epochs=4 +recipe/m);
    expect(out).toContain('FEW_STEPS');
  });

  it('explain refuses what cannot be trained', async () => {
    writeFileSync(path.join(directory, 'r.yaml'), 'batchSize: 64\n');
    const { code, out } = await run(['recipe', 'explain', 'r.yaml', '--train-images', '10']);
    expect(code).toBe(1);
    expect(out).toMatch(/r\.yaml:1:12 [A-Z_]+ /);
  });
});
