import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareOutputs } from './compare-outputs.ts';
import { type Content, makeOutput, probabilities } from './testing/make-output.ts';

async function compare(first: Content, other: Content, tolerance = 1e-4) {
  const [found] = await compareOutputs(makeOutput('first', first), [makeOutput('other', other)], tolerance);
  return { agrees: found?.agrees, codes: found?.differences.map(({ code }) => code), found };
}

const cats = (...values: number[]): Content => ({ predictions: { 'a.png': probabilities(values) } });
const three = fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: 0, max: 1, noNaN: true })));

describe('two files', () => {
  it('agree when they are the same, whatever the tolerance', async () => {
    await fc.assert(
      fc.asyncProperty(three, async (values) => {
        expect(await compare(cats(...values), cats(...values), 0)).toMatchObject({ agrees: true, codes: [] });
      }),
      { numRuns: 50 },
    );
  });

  it('differ as soon as one probability is off by more than the tolerance', async () => {
    const place = fc.nat({ max: 2 });
    const off = fc.double({ min: 1.01e-4, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(three, place, off, async (values, which, by) => {
        const other = values.map((value, index) => (index === which ? value + by : value));
        const { agrees, codes } = await compare(cats(...values), cats(...other));
        expect(agrees).toBe(false);
        expect(codes).toContain('PROBABILITY_DIFFERS');
      }),
      { numRuns: 50 },
    );
  });

  it('differ in the likeliest class first, even where the numbers are within the tolerance', async () => {
    expect(await compare(cats(0.1, 0.45, 0.45001), cats(0.1, 0.45001, 0.45))).toMatchObject({
      codes: ['TOP_CLASS_DIFFERS'],
      found: { largestDifference: expect.closeTo(1e-5, 9) },
    });
    const { found } = await compare(cats(0.1, 0.7, 0.2), cats(0.6, 0.2, 0.2));
    expect(found?.differences.map(({ message }) => message)).toEqual([
      'the likeliest class is cat (0.6) instead of dog (0.7)',
      'cat (0.6) instead of 0.1; 2 of 3 classes are off by more than 0.0001',
    ]);
  });

  it.each([
    ['of another task', { task: 'IMAGE.OBJECT_DETECTION', predictions: { 'a.png': [] } }, 'TASKS_DIFFER'],
    ['of the same classes in another order', cats(0, 0, 1), 'CLASSES_DIFFER', ['dog', 'cat', 'fox']],
    ['of fewer classes', cats(0, 1), 'CLASSES_DIFFER', ['cat', 'dog']],
    ['of other images', { predictions: { 'b.png': probabilities([0, 0, 1]) } }, 'NO_COMMON_IMAGE'],
    ['of no image', { predictions: {} }, 'NO_COMMON_IMAGE'],
  ] as const)('never agree when one is %s', async (_, content: Content, code, classes?: readonly string[]) => {
    const predictions = classes
      ? { 'a.png': probabilities([0, 0, 1].slice(3 - classes.length), [...classes]) }
      : content.predictions;
    const other = { ...content, predictions, ...(classes && { classes }) };
    expect(await compare(cats(0, 0, 1), other)).toMatchObject({ agrees: false, codes: [code] });
    expect(await compare(other, cats(0, 0, 1))).toMatchObject({ agrees: false, codes: [code] });
  });

  it('that have no image do not agree with each other', async () => {
    expect(await compare({ predictions: {} }, { predictions: {} })).toMatchObject({ codes: ['NO_COMMON_IMAGE'] });
  });
});

describe('images', () => {
  const predictions = (...paths: string[]) => ({
    predictions: Object.fromEntries(paths.map((path, index) => [path, probabilities([index / 10, 0, 1])])),
  });

  it('are the same by the names of their files, whatever the folder and the system', async () => {
    const { found } = await compare(predictions('a.png', 'é.png'), predictions('C:\\x\\a.png', '/data/e\u0301.png'));
    expect(found).toMatchObject({ agrees: true, images: 2 });
  });

  it('are told apart by as many folders as it takes', async () => {
    const { found } = await compare(predictions('cat/1.png', 'dog/1.png'), predictions('/d/cat/1.png', '/d/dog/1.png'));
    expect(found).toMatchObject({ agrees: true, images: 2 });
  });

  it('that the other file lacks are a difference; those that only it has are named', async () => {
    const { found } = await compare(predictions('a.png', 'b.png'), predictions('a.png', 'c.png'));
    expect(found).toMatchObject({
      ...{ agrees: false, images: 1, differing: 0, unjudged: ['c.png'] },
      differences: [{ image: 'b.png', code: 'IMAGE_MISSING' }],
    });
  });

  it('that a file has twice are refused', async () => {
    const twice = compare(predictions('a.png'), predictions('./a.png', 'a.png'));
    await expect(twice).rejects.toMatchObject({ code: 'IMAGES_AMBIGUOUS', where: 'other' });
  });
});

describe('boxes', () => {
  const boxes = (...given: readonly (readonly [id: number, score: string, ...box: number[]])[]): Content => ({
    task: 'IMAGE.OBJECT_DETECTION',
    predictions: {
      'a.png': given.map(([id, score, ...box]) => ({ class: { id, name: ['cat', 'dog', 'fox'][id] }, score, box })),
    },
  });
  const [cat, dog] = [[0, '0.9', 10, 10, 50, 50] as const, [1, '0.8', 300, 10, 50, 50] as const];

  it.each([
    ['in another order', boxes(dog, cat), []],
    [
      'off by less than float32 can hold',
      boxes([0, '0.90000004', 10, 10, 50, 50], [1, '0.8', 300.00003, 10, 50, 50]),
      [],
    ],
    ['of another class', boxes(cat, [2, '0.8', 300, 10, 50, 50]), ['BOX_MISSING', 'BOX_UNEXPECTED']],
    ['that are fewer', boxes(cat), ['BOX_MISSING']],
    ['that are more', boxes(cat, dog, dog), ['BOX_UNEXPECTED']],
    ['that lie elsewhere', boxes(cat, [1, '0.8', 301, 10, 50, 50]), ['BOX_DIFFERS']],
    ['of another score', boxes(cat, [1, '0.81', 300, 10, 50, 50]), ['SCORE_DIFFERS']],
  ] as const)('%s', async (_, other, codes) => {
    expect((await compare(boxes(cat, dog), other)).codes).toEqual(codes);
  });
});

describe('joints', () => {
  const joints = (...values: number[]): Content => ({
    ...{ task: 'IMAGE.KEYPOINT_DETECTION', classes: ['person'] },
    predictions: { 'a.png': { joints: values } },
  });

  it('agree whether all x come first, as Blueoil writes them, or a triple for each joint', async () => {
    const found = await compare(
      joints(308, 376, 239, 120, 131, 376, 0, 1, 0),
      joints(308, 120, 0, 376, 131, 1, 239, 376, 0),
    );
    expect(found).toMatchObject({ agrees: true, found: { largestDifference: 0 } });
  });

  it('differ by a pixel, or in number', async () => {
    const { codes, found } = await compare(joints(308, 376, 120, 131, 0, 1), joints(308, 377, 120, 131, 0, 1));
    expect(codes).toEqual(['JOINTS_DIFFER']);
    expect(found?.differences[0]?.message).toBe(
      'joint 1 is (377, 131) with score 1 instead of (376, 131) with score 1; 1 of 2 joints are elsewhere',
    );
    expect((await compare(joints(1, 2, 0), joints(1, 1, 2, 2, 0, 0))).codes).toEqual(['JOINTS_DIFFER']);
  });
});
