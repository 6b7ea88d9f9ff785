import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { formatFault } from './fault.ts';
import { checkRecipe, parseRecipe } from './parse-recipe.ts';
import { faultsOf, parsed } from './testing.ts';

const COMPLETE = {
  name: 'flowers',
  task: 'classification',
  network: { name: 'lmnet-v1', width: 0.5 },
  imageSize: [32, 48],
  batchSize: 64,
  budget: { epochs: 10 },
  optimizer: { name: 'momentum', learningRate: 0.01, momentum: 0.9 },
  schedule: { name: 'cosine', warmup: 0.1 },
  augmentations: ['flip-left-right', { name: 'shift', pixels: 3 }, { name: 'rotate', min: -10, max: 10 }],
  labelSmoothing: 0.05,
  weightDecay: 0.0005,
  quantization: { weights: 'binary-mean-scaling', activationBits: 2, firstLayer: 'binary', lastLayer: 'int8' },
  evaluation: { images: 1_000, goldenImages: 20 },
  split: { validation: 0.1 },
  tolerance: { badImages: 0.02 },
  targets: ['x86_64', 'armv7l'],
  gates: { minimumAccuracy: 0.8, maximumAccuracyDrop: 0.01, requiredTargets: ['x86_64'] },
  training: { instanceTypes: ['ml.c7i.xlarge'], spot: true, maximumRuntimeSeconds: 3_600 },
  deployment: { to: 'greenhouse', approval: 'manual' },
  seed: 7,
};

describe('parseRecipe', () => {
  it.each([
    ['no text', undefined],
    ['an empty text', ''],
    ['comments alone', '# nothing\n'],
  ])('leaves everything to the defaults for %s', (_what, text) => {
    expect(parseRecipe(text)).toMatchObject({ ok: true, parsed: { recipe: {} } });
  });

  it('reads a complete recipe', () => {
    expect(parsed(stringify(COMPLETE)).recipe).toMatchObject({
      imageSize: { height: 32, width: 48 },
      augmentations: [{ name: 'flip-left-right' }, { name: 'shift', pixels: 3 }, { name: 'rotate', min: -10, max: 10 }],
    });
  });

  it.each([
    ['32', 32, 32],
    ['32x48', 32, 48],
    ['[48, 32]', 48, 32],
  ])('reads the image size %s as height and width', (text, height, width) => {
    expect(parsed(`imageSize: ${text}`).recipe.imageSize).toEqual({ height, width });
  });

  it('takes a name alone where parameters may stay at their defaults', () => {
    expect(parsed('optimizer: adam\nschedule: 2-step\nnetwork: lmnet-v1').recipe).toEqual({
      optimizer: { name: 'adam' },
      schedule: { name: '2-step' },
      network: { name: 'lmnet-v1' },
    });
  });

  it('finds all five mistakes of a recipe at once, each at its place', () => {
    const text = `imageSize: 33
optimizer: {name: adm, learningRate: fast}
schedule: cosin
batch_size: 64
`;
    expect(faultsOf(text)).toEqual([
      'IMAGE_SIZE_DIVISOR imageSize 1:12',
      'VALUE_UNKNOWN optimizer.name 2:19',
      'VALUE_WRONG_TYPE optimizer.learningRate 2:38',
      'VALUE_UNKNOWN schedule 3:11',
      'FIELD_UNKNOWN batch_size 4:1',
    ]);
  });

  it.each([
    ['imageSize: 33', 'Use 32 or 48.'],
    ['imageSize: 8x600', 'Use 16x512.'],
    ['imageSize: 033', 'Use 32 or 48.'],
    ['imageSize: big', 'Give pixels as 32, as 32x48 (height x width) or as [32, 48].'],
    ['schedule: cosin', 'Did you mean cosine?'],
    ['schedule: 3-step-with-warm-up', 'Did you mean 3-step-with-warmup?'],
    ['optimizer: AdamOptimizer', 'Did you mean adam?'],
    ['augmentations: [FlipLeftRight]', 'Did you mean flip-left-right?'],
    ['augmentations: [{name: shift, pixel: 2}]', 'Did you mean pixels?'],
    ['augmentations: [{name: rotate, min: 100}]', 'Use 90, or change the other end.'],
    ['augmentations: [shift, {name: shift, pixels: 2}]', 'Remove it.'],
    ['augmentations: shift', 'Use ["shift"].'],
    ['targets: [arm]', 'Did you mean armv7l?'],
    ['targets: []', 'Add one, or remove the field to use the default.'],
    ['epochs: 10', 'Did you mean budget.epochs?'],
    ['budget: {epochs: 3, seconds: 60}', 'Keep the one that should end the training.'],
    ['budget: {epochs: 0.5}', 'Use 1.'],
    ['gates: {minimumAccuracy: 85}', 'Use 0.85.'],
    ['batchSize: "64"', 'Use 64.'],
    ['training: {spot: yes}', 'Use true.'],
    ['network: {name: lmnet-v1, width: 0.6}', 'Use 0.5.'],
    ['name: Müller & Söhne', 'Did you mean muller-sohne?'],
    ['quantization:', 'or remove the line to use the default.'],
    ['optimizer: {learningRate: 0.01}', 'Give one of adam or momentum.'],
    ['optimizer: {name: adam, momentum: 0.9}', 'The fields here are name, learningRate.'],
    ['- a', 'Write one field a line.'],
    ['tolerance: {}', 'Give a number from 0 to 0.5.'],
  ])('says what to do about `%s`', (text, action) => {
    const result = parseRecipe(text);
    const lines = result.ok ? [] : result.faults.map((fault) => formatFault(fault, result.fileName));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^recipe\.yaml:1:\d+ [A-Z_]+ /);
    expect(lines[0]?.endsWith(action)).toBe(true);
  });

  it('reports a key given twice and the other mistakes too', () => {
    expect(faultsOf('batchSize: 32\nbatchSize: 64\nimageSize: 20')).toEqual([
      'YAML_DUPLICATE_KEY batchSize 2:1',
      'IMAGE_SIZE_DIVISOR imageSize 3:12',
    ]);
  });

  it('does not call parameters unknown while the name they belong to is not known', () => {
    expect(faultsOf('optimizer: {name: foo, momentum: 0.9, beta: 1}')).toEqual([
      'VALUE_UNKNOWN optimizer.name 1:19',
      'FIELD_UNKNOWN optimizer.beta 1:39',
    ]);
  });

  it('treats keys that name parts of JavaScript like any unknown field', () => {
    expect(faultsOf('__proto__: {batchSize: 1}\nconstructor: 1\ntoString: 2')).toEqual([
      'FIELD_UNKNOWN __proto__ 1:1',
      'FIELD_UNKNOWN constructor 2:1',
      'FIELD_UNKNOWN toString 3:1',
    ]);
  });

  it('keeps sentences short whatever the text holds', () => {
    const result = parseRecipe(
      `${'k'.repeat(900)}: 1\nname: "${'é\\n'.repeat(5_000)}"\nbatchSize: [${'1, '.repeat(900)}]`,
    );
    expect(result.ok).toBe(false);
    for (const fault of result.ok ? [] : result.faults)
      expect(formatFault(fault, 'recipe.yaml').length).toBeLessThan(700);
  });

  it('gives faults and never throws, whatever the text', () => {
    const tokens = [
      '- ',
      ': ',
      '? ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '&a ',
      '*a',
      '!t ',
      '|\n',
      '#',
      '"',
      "'",
      '%',
      '---',
      'name',
    ];
    const yamlish = fc.array(fc.constantFrom(...tokens), { maxLength: 200 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary', maxLength: 100 })), (text) => {
        expect(typeof parseRecipe(text).ok).toBe('boolean');
      }),
      { numRuns: 150 },
    );
  });

  it('gives faults and never throws, whatever YAML replaces a value of a recipe', () => {
    const fields = fc.constantFrom(...pathsOf(COMPLETE));
    fc.assert(
      fc.property(fields, fc.jsonValue({ maxDepth: 3 }), (path, value) => {
        const result = parseRecipe(stringify(replaced(COMPLETE, path, value)));
        for (const fault of result.ok ? [] : result.faults) {
          expect(fault.message.length * fault.action.length).toBeGreaterThan(0);
          expect(fault.position).toBeDefined();
        }
      }),
      { numRuns: 200 },
    );
  });

  it('suggests only values that are valid', () => {
    const near = fc.oneof(
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.integer({ min: -100, max: 700 }),
      fc.constantFrom(
        '64',
        'cosin',
        'arm64',
        'Flip Left Right',
        'yes',
        'adm',
        'BINARY',
        '48x50',
        'A b',
        'x86',
        '50%',
        'int',
      ),
    );
    const paths = pathsOf(COMPLETE);
    fc.assert(
      fc.property(fc.constantFrom(...paths), near, (path, value) => {
        const given = checkRecipe(replaced(COMPLETE, path, value));
        for (const fault of given.ok ? [] : given.faults) {
          for (const suggestion of fault.code === 'FIELD_UNKNOWN' ? [] : fault.nearest) {
            const corrected = checkRecipe(replaced(COMPLETE, path, suggestion));
            const still = corrected.ok ? [] : corrected.faults.filter((other) => other.path === fault.path);
            // These two are about the fields around the value and not about the value.
            expect(still.filter(({ code }) => !/ITEM_REPEATED|RANGE_REVERSED/.test(code))).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

type Path = readonly (string | number)[];

/** Every field of a value that is not itself made of fields. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((item, i) => [i, item] as const) : Object.entries(value);
  return [...(path.length === 1 ? [path] : []), ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function replaced(root: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(root)) return root.map((item, i) => (i === first ? replaced(item, rest, value) : item));
  return { ...(root as object), [first]: replaced(Reflect.get(root as object, first), rest, value) }; // paths come from pathsOf
}
