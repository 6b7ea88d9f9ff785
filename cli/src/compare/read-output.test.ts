import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.ts';
import { type Content, outputText, probabilities } from './testing/make-output.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-compare-'));
  place('good.json', outputText(good));
});
afterAll(() => rmSync(directory, { recursive: true }));

const good: Content = { predictions: { 'a.png': probabilities([0.1, 0.2, 0.7]) } };
const run = (...args: string[]) => runCommand(['compare', ...args], { directory });

function place(name: string, content: string | Uint8Array): string {
  mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
  writeFileSync(path.join(directory, name), content);
  return name;
}

describe('compare', () => {
  it('says who agrees, and by how much', async () => {
    const near = place('near.json', outputText({ predictions: { '/x/a.png': probabilities([0.1, 0.20005, 0.7]) } }));
    const { code, out } = await run('good.json', near);
    expect({ code, first: out.split('\n')[0] }).toEqual({
      code: 0,
      first: '✓ near.json  agrees in 1 image; the largest difference is 0.00005',
    });
    const strict = await run('good.json', near, '--tolerance', '0', '--json');
    expect(strict.code).toBe(1);
    expect(strict.json()).toMatchObject({
      ...{ agree: false, tolerance: 0, files: [{ name: 'good.json', images: 1 }, { name: 'near.json' }] },
      comparisons: [{ agrees: false, differing: 1, differences: [{ image: 'a.png', code: 'PROBABILITY_DIFFERS' }] }],
    });
  });

  it('puts the times side by side, as many as there are', async () => {
    const flat = { total: 0.01, pre: 0.002, inference: 0.008, post: 0 };
    const half = Object.fromEntries(Object.entries(flat).map(([stage, seconds]) => [stage, { mean: seconds / 2 }]));
    place('flat.json', outputText({ ...good, benchmark: flat }));
    place('own.json', outputText({ ...good, benchmark: { ...half, trials: 9, kernels: 'neon' } }));
    const { out } = await run('flat.json', 'own.json', 'good.json');
    expect(
      out
        .split('\n')
        .slice(3)
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['FILE', 'WRITTEN BY', 'KERNELS', 'TOTAL', 'PRE', 'INFERENCE', 'POST'],
      ['flat.json', 'Blueoil 0.22', '–', '10 ms', '2 ms', '8 ms', '0 ms'],
      ['own.json', 'Dropforge', 'neon', '5 ms ×0.5', '1 ms ×0.5', '4 ms ×0.5', '0 ms'],
      ['good.json', '–', '–', '–', '–', '–', '–'],
      [''],
    ]);
  });

  it('tells ten differences, and says how many more there are', async () => {
    const images = (value: number) =>
      Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.png`, probabilities([value, 0, 1])]));
    place('many.json', outputText({ predictions: images(0) }));
    place('off.json', outputText({ predictions: images(0.5) }));
    const { out } = await run('many.json', 'off.json');
    expect(out).toContain(
      '✗ off.json  differs in 12 of 12 images; the largest difference is 0.5\n    0.png: cat (0.5)',
    );
    expect(out).toContain('    and 2 more; --json has all\n');
  });

  it('finds the file in a folder, and in the output of a folder', async () => {
    place('here/output.json', outputText(good));
    place('there/output/output.json', outputText(good));
    const { code, json } = await run('here', 'there', '--json');
    expect(code).toBe(0);
    expect(json()).toMatchObject({ files: [{ name: 'here/output.json' }, { name: 'there/output/output.json' }] });
    mkdirSync(path.join(directory, 'empty'));
    expect(await run('here', 'empty')).toMatchObject({ code: 4, err: expect.stringContaining('(NO_OUTPUT)') });
    expect(await run('here', 'missing.json')).toMatchObject({ code: 4, err: expect.stringContaining('(ENOENT)') });
  });

  it.each([
    [['good.json'], 'MISSING_ARGUMENT'],
    [['good.json', 'good.json', '--tolerance', 'much'], 'INVALID_ARGUMENT'],
    [['good.json', 'good.json', '--tolerance', '-1'], 'INVALID_ARGUMENT'],
    [['good.json', 'good.json', '--tolerance', '1..2'], 'INVALID_ARGUMENT'],
  ])('does not take %j', async (args, code) => {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(`(${code})`) });
  });
});

const results = (prediction: unknown) => outputText({ predictions: { 'a.png': prediction } });
const task = (name: string, prediction: unknown) =>
  outputText({ predictions: { 'a.png': prediction } }, { task: name });
const cat = { id: 0, name: 'cat' };
const box = (value: unknown) => task('IMAGE.OBJECT_DETECTION', [{ class: cat, score: '0.5', box: value }]);
const mask = (value: string) => {
  const classes = ['cat', 'dog', 'fox'].map((name, id) => ({ class: { id, name }, mask: value }));
  return task('IMAGE.SEMANTIC_SEGMENTATION', classes);
};

describe('a file that cannot be compared', () => {
  it.each([
    ['text', 'no JSON', 'OUTPUT_NOT_JSON', ''],
    ['half of it', outputText(good).slice(0, -9), 'OUTPUT_NOT_JSON', ''],
    ["Python's NaN", box([1, 2, 3, 4]).replace('[1,', '[NaN,'), 'OUTPUT_NOT_JSON', ''],
    ['no UTF-8', Buffer.from(outputText(good).replace('cat', '\u00e9'), 'latin1'), 'OUTPUT_NOT_JSON', ''],
    ['a million levels', '['.repeat(1e6), 'OUTPUT_TOO_LARGE', ''],
    ['null', 'null', 'OUTPUT_UNKNOWN', ''],
    ['another version', outputText(good, { version: 0.3 }), 'OUTPUT_UNKNOWN', ''],
    ['another task', outputText(good, { task: 'AUDIO.CLASSIFICATION' }), 'OUTPUT_UNKNOWN', ''],
    ['times of nobody', outputText(good, { benchmark: { total: 1 } }), 'OUTPUT_UNKNOWN', ' benchmark'],
    [
      'negative times',
      outputText(good, { benchmark: { total: 1, pre: 1, post: -1, inference: 1 } }),
      'OUTPUT_UNKNOWN',
      ' benchmark',
    ],
    ['no classes', outputText(good, { classes: [] }), 'OUTPUT_MALFORMED', ' classes'],
    ['an id twice', outputText(good, { classes: [cat, cat, cat] }), 'OUTPUT_MALFORMED', ' classes'],
    ['no results', outputText(good, { results: undefined }), 'OUTPUT_MALFORMED', ' results'],
    [
      'a hundred thousand images and one',
      outputText(good, { results: new Array(100_001).fill(0) }),
      'OUTPUT_TOO_LARGE',
      ' results',
    ],
    [
      '"nan"',
      results([{ class: cat, probability: 'nan' }]),
      'OUTPUT_MALFORMED',
      ' results[0].prediction[0].probability',
    ],
    [
      '"Infinity"',
      results([{ class: cat, probability: 'Infinity' }]),
      'OUTPUT_MALFORMED',
      ' results[0].prediction[0].probability',
    ],
    [
      'a number too large for one',
      results([{ class: cat, probability: '1e999' }]),
      'OUTPUT_MALFORMED',
      ' results[0].prediction[0].probability',
    ],
    [
      'no text of a number',
      results([{ class: cat, probability: '' }]),
      'OUTPUT_MALFORMED',
      ' results[0].prediction[0].probability',
    ],
    [
      'a class of another name',
      results([{ class: { id: 0, name: 'dog' }, probability: 1 }]),
      'OUTPUT_MALFORMED',
      ' results[0].prediction[0].class',
    ],
    ['a class that is missing', results(probabilities([0, 1])), 'OUTPUT_MALFORMED', ' results[0].prediction'],
    [
      'a class twice',
      results(probabilities([0, 1, 0, 0], ['cat', 'dog', 'fox']).with(3, { class: cat, probability: '0' })),
      'OUTPUT_MALFORMED',
      ' results[0].prediction',
    ],
    ['too many entries', results(new Array(10_001).fill(0)), 'OUTPUT_TOO_LARGE', ' results[0].prediction'],
    [
      'too many boxes',
      task('IMAGE.OBJECT_DETECTION', new Array(1_001).fill(0)),
      'OUTPUT_TOO_LARGE',
      ' results[0].prediction',
    ],
    ['a box of three', box([1, 2, 3]), 'OUTPUT_MALFORMED', ' results[0].prediction[0].box'],
    [
      'joints that are no triples',
      task('IMAGE.KEYPOINT_DETECTION', { joints: [1, 2, 3, 4] }),
      'OUTPUT_MALFORMED',
      ' results[0].prediction.joints',
    ],
    ['a mask that is no base64', mask('iVBORw0KGg*'), 'OUTPUT_MALFORMED', ' results[0].prediction[0].mask'],
    ['a mask that is no PNG', mask('R0lGODlhAQABAAAAACw='), 'OUTPUT_MALFORMED', ' results[0].prediction[0].mask'],
  ])('%s', async (name, content, expected, where) => {
    const file = place(`bad-${name.replaceAll(/\W/g, '-')}.json`, content);
    const { code, err } = await run('good.json', file, '--json');
    const { error } = JSON.parse(err) as { error: { code: string; where: string; action: string } };
    expect({ code, error }).toMatchObject({ code: 1, error: { code: expected, where: `${file}${where}` } });
    expect(error.action).not.toBe('');
  });

  it('is larger than what is read', async () => {
    truncateSync(path.join(directory, place('large.json', '')), 64 * 2 ** 20 + 1);
    expect(await run('good.json', 'large.json')).toMatchObject({
      code: 1,
      err: expect.stringMatching('FILE_TOO_LARGE'),
    });
  });

  it('has a mask that does not decode where the masks are not the same bytes', async () => {
    place('mask.json', mask('iVBORw0KGgoAAAAA'));
    place('other-mask.json', mask('iVBORw0KGgoAAAAB'));
    const { code, err } = await run('mask.json', 'other-mask.json');
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('(MASK_UNREADABLE)\n  where: mask.json a.png'),
    });
  });

  it('cannot forge the screen by its names', async () => {
    const classes = ['cat\u001b[2J', 'dog'];
    place('evil-1.json', outputText({ classes, predictions: { 'a.png': probabilities([0, 1], classes) } }));
    place('evil-2.json', outputText({ classes, predictions: { 'a.png': probabilities([1, 0], classes) } }));
    const { out } = await run('evil-1.json', 'evil-2.json');
    expect(out).not.toContain('\u001b');
  });
});
