import { crc32 } from 'node:zlib';
import { lmnetV1, type ModelPlan, modelFromPlan } from '@dropforge/quantized-inference/testing';
import { describe, expect, it } from 'vitest';
import { arraySizes, arrayWord } from './array-size.ts';
import { lowerModel } from './lower-model.ts';
import { FpgaRefusal, type FpgaRefusalCode } from './refusal.ts';
import { accumulatorChunks, unpackAccumulators } from './unpack-accumulators.ts';

const array = arraySizes['64x64'];
const first = { op: 'convolution', channels: 32, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' } as const;
const next = { ...first, weights: 'bits' } as const;

function model(layers: ModelPlan['layers'], side = 32, channels = 3) {
  return modelFromPlan({ input: { height: side, width: side, channels }, layers, classes: 2, seed: 1 });
}

describe('LmnetV1', () => {
  it('takes six passes, since blocks are written by the pass before and the head is the host’s', () => {
    const { passes } = lowerModel(lmnetV1(), array);
    expect(passes.map(({ name }) => name)).toEqual(['layer1', 'layer3', 'layer4', 'layer6', 'layer8', 'layer9']);
    expect(passes.map(({ buffer }) => buffer)).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it.each([
    ['32x32', 139_000],
    ['64x64', 47_000],
  ] as const)('fits a %s array and takes at most %i cycles', (name, most) => {
    expect(lowerModel(lmnetV1(), arraySizes[name]).cycles).toBeLessThanOrEqual(most);
  });
});

describe('an image', () => {
  const { image, cycles } = lowerModel(lmnetV1(), array);

  it('names its array and the end of its patience, and ends with its checksum', () => {
    expect(image[2]).toBe(arrayWord(array));
    expect(image[3]).toBeGreaterThan(cycles);
    expect(image.at(-1)).toBe(crc32(new Uint8Array(image.buffer, 0, image.byteLength - 4)));
  });

  it('is the same for the same model, and another for another', () => {
    expect(lowerModel(lmnetV1(), array).image).toEqual(image);
    expect(lowerModel(lmnetV1({ seed: 2 }), array).image.at(-1)).not.toBe(image.at(-1));
  });
});

describe('a model that the engine cannot run is refused by its layer and what it lacks:', () => {
  const averagePool = { op: 'average-pool', kernel: 2, stride: 2, bits: 2 } as const;
  it.each<[string, ModelPlan['layers'], FpgaRefusalCode, string, number?, number?]>([
    ['an average', [first, averagePool], 'OPERATION_UNSUPPORTED', 'Layer layer2 is an average'],
    ['large blocks', [first, { op: 'space-to-depth', block: 4 }], 'OPERATION_UNSUPPORTED', 'blocks of 4'],
    [
      'blocks of odd channels',
      [
        { ...first, channels: 12 },
        { op: 'space-to-depth', block: 2 },
      ],
      'OPERATION_UNSUPPORTED',
      'Layer layer2 reads 12 channels, which is not a multiple of 8',
    ],
    ['int8 weights further on', [first, { ...next, weights: 'int8' }], 'LAYER_UNSUPPORTED', 'Layer layer2 has int8'],
    ['wide levels', [{ ...first, bits: 3 }, next], 'LAYER_UNSUPPORTED', 'Layer layer1 writes levels of 3 bits'],
    ['a fourth channel of pixels', [first], 'LAYER_UNSUPPORTED', 'Layer layer1 reads 4 channels of pixels', 32, 4],
    ['a larger image', [first], 'MEMORY_EXCEEDED', 'Layer layer1 reads 4096 pixels; the image memory has 1024', 64],
    [
      'too many levels',
      [first, { ...next, channels: 1024 }, { ...next, stride: 2, channels: 64 }],
      'MEMORY_EXCEEDED',
      'Layer layer2 writes 16384 words of levels; the buffer has 1024, which is 15360 too few',
    ],
    [
      'too many weights',
      [
        { ...first, stride: 4 },
        { ...next, channels: 512 },
        { ...next, channels: 512 },
      ],
      'MEMORY_EXCEEDED',
      'Layer layer3 needs 576 rows of weights after 75; the memory has 256, which is 395 too few',
    ],
    [
      'sums beyond the accumulators',
      [{ ...first, kernel: 12, padding: 0 }],
      'SUM_TOO_LARGE',
      'Layer layer1 may sum up to',
    ],
    [
      'more passes than the program has',
      [first, ...Array.from({ length: 40 }, () => ({ op: 'max-pool', kernel: 1, stride: 1 }) as const)],
      'MEMORY_EXCEEDED',
      'The model needs 41 passes; the program memory has 32.',
    ],
  ])('%s', (_, layers, code, sentence, side = 32, channels = 3) => {
    const refusal = refusalOf(() => lowerModel(model(layers, side, channels), array));
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(sentence);
  });
});

describe('accumulators', () => {
  const accumulators = (layers: ModelPlan['layers']) => lowerModel(model(layers), array, 'accumulators').passes.at(-1);

  it('are given by the last convolution, which then may have levels of any width', () => {
    const layers = [{ ...first, stride: 8 } as const, { ...next, channels: 72, bits: 8 } as const];
    expect(accumulators(layers)?.accumulators).toMatchObject({
      groups: 2,
      groupChannels: 64,
      groupChunks: 8,
      finalChunks: 1,
    });
    expect(refusalOf(() => lowerModel(model(layers), array)).code).toBe('LAYER_UNSUPPORTED');
  });

  it('take their place in a memory, which has an end', () => {
    const refusal = refusalOf(() => accumulators([first]));
    expect(refusal.code).toBe('MEMORY_EXCEEDED');
    expect(refusal.message).toContain('needs 4096 rows of accumulators after 0; the memory has 256');
  });

  it('are a convolution’s only', () => {
    const refusal = refusalOf(() => accumulators([first, { op: 'max-pool', kernel: 2, stride: 2 }]));
    expect(refusal.code).toBe('OPERATION_UNSUPPORTED');
    expect(refusal.message).toContain('Layer layer2 ends the passes and is no convolution');
  });

  it('come back as NHWC: groups, windows, chunks, channels', () => {
    const schedule = { groupChannels: 16, groups: 2, groupChunks: 2, finalChunks: 1 };
    const shape = { height: 1, width: 2, channels: 20 };
    const words = Uint32Array.from({ length: 8 * accumulatorChunks(shape, schedule) }, (_, index) => index);
    words[0] = -7 >>> 0;
    const sums = unpackAccumulators(words, shape, schedule, array);
    // Channels 0 to 15 of window 0, then of window 1, then channels 16 to 19 of each.
    expect([sums[0], sums[15], sums[16], sums[20], sums[36]]).toEqual([-7, 15, 32, 16, 40]);
  });
});

function refusalOf(action: () => unknown): FpgaRefusal {
  try {
    action();
  } catch (error) {
    if (error instanceof FpgaRefusal) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
