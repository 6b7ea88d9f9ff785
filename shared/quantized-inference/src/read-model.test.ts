import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntegerModel, Layer } from './model.ts';
import { ModelFileError, type ModelFileErrorCode } from './model-file-error.ts';
import { readModel } from './read-model.ts';
import { lmnetV1, modelFromPlan, randomModel } from './testing.ts';
import { writeModel } from './write-model.ts';

const small = modelFromPlan({
  input: { height: 4, width: 4, channels: 3 },
  layers: [
    { op: 'convolution', channels: 3, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' },
    { op: 'convolution', channels: 2, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'bits' },
    { op: 'space-to-depth', block: 2 },
  ],
  classes: 2,
  seed: 1,
});

function codeOf(action: () => unknown): ModelFileErrorCode | 'none' {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelFileError) return error.code;
    throw error;
  }
  return 'none';
}

/** The small model's file with its JSON header changed by text replacement, and its length written anew. */
function withHeader(from: string | RegExp, to: string, dataEnd?: number): Uint8Array {
  const file = writeModel(small);
  const headerBytes = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(file.subarray(8, 8 + headerBytes));
  const changed = new TextEncoder().encode(header.replace(from, to));
  if (header.replace(from, to) === header) throw new Error('The replacement changed nothing.');
  const data = file.subarray(8 + headerBytes, dataEnd === undefined ? undefined : 8 + headerBytes + dataEnd);
  const result = new Uint8Array(8 + changed.length + data.length);
  new DataView(result.buffer).setBigUint64(0, BigInt(changed.length), true);
  result.set(changed, 8);
  result.set(data, 8 + changed.length);
  return result;
}

function withLayer(index: number, change: Partial<Layer>): IntegerModel {
  // The parts of one layer kind are put into a layer of the same kind.
  return {
    ...small,
    layers: small.layers.map((layer, i) => (i === index ? ({ ...layer, ...change } as Layer) : layer)),
  };
}

describe('a model file', () => {
  it('reads back as the model that was written, for any network', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const model = randomModel(seed);
        expect(readModel(writeModel(model))).toEqual(model);
      }),
      { numRuns: 60 },
    );
  });

  it('has the same bytes whatever the order in which the objects were built', () => {
    const reordered = { ...small, record: { b: { y: 1, x: [2] }, a: null } };
    const other = { ...small, record: { a: null, b: { x: [2], y: 1 } } };
    expect(writeModel(reordered)).toEqual(writeModel(other));
  });

  it('of the ten-class network for 32x32 images stays below 100 kB', () => {
    expect(writeModel(lmnetV1()).byteLength).toBeLessThan(100_000);
  });

  it('may lie anywhere in a larger buffer', () => {
    const file = writeModel(small);
    const buffer = new Uint8Array(file.length + 11);
    buffer.set(file, 3);
    expect(readModel(buffer.subarray(3, 3 + file.length))).toEqual(small);
  });
});

describe('readModel refuses', () => {
  it.each<[string, () => Uint8Array, ModelFileErrorCode]>([
    ['nothing', () => new Uint8Array(0), 'TRUNCATED'],
    ['a file cut within the header', () => writeModel(small).subarray(0, 100), 'TRUNCATED'],
    ['a file cut within the data', () => writeModel(small).subarray(0, -1), 'OFFSETS_INVALID'],
    ['bytes after the last tensor', () => Uint8Array.of(...writeModel(small), 0), 'OFFSETS_INVALID'],
    ['a header of exabytes', () => new Uint8Array(64).fill(0xff), 'TOO_LARGE'],
    ['a header that is not JSON', () => withHeader('{', '['), 'HEADER_INVALID'],
    ['another format', () => withHeader('dropforge-int/1', 'dropforge-int/2'), 'FORMAT_UNKNOWN'],
    ['a tensor of unknown type', () => withHeader('"dtype":"I8"', '"dtype":"F8"'), 'HEADER_INVALID'],
    [
      'a shape that does not multiply out',
      () => withHeader('"shape":[3,3,3,3]', '"shape":[3,3,3,4]'),
      'OFFSETS_INVALID',
    ],
    ['a shape of another product', () => withHeader('"shape":[3,3,3,3]', '"shape":[81]'), 'TENSOR_INVALID'],
    [
      'offsets outside of the file',
      () => withHeader(/"data_offsets":\[0,\d+\]/, '"data_offsets":[0,99999]'),
      'OFFSETS_INVALID',
    ],
    ['overlapping tensors', () => withHeader(/"data_offsets":\[36,/, '"data_offsets":[32,'), 'OFFSETS_INVALID'],
    ['negative offsets', () => withHeader('"data_offsets":[0,', '"data_offsets":[-4,'), 'OFFSETS_INVALID'],
    ['a missing tensor', () => withHeader('"layer1.weight"', '"layer9.weight"'), 'TENSOR_MISSING'],
    ['an infinite scale', () => withHeader('"logit_scale":"0.01"', '"logit_scale":"1e999"'), 'METADATA_INVALID'],
    ['no scale', () => withHeader('"logit_scale"', '"logitscale"'), 'METADATA_INVALID'],
    ['an unknown operator', () => withHeader('\\"space-to-depth\\"', '\\"time-travel\\"'), 'GRAPH_INVALID'],
    ['a fractional block', () => withHeader('\\"block\\":2', '\\"block\\":1.5'), 'GRAPH_INVALID'],
    ['a kernel given as text', () => withHeader('\\"kernel\\":3', '\\"kernel\\":\\"3\\"'), 'GRAPH_INVALID'],
    ['a zero-sized image', () => withHeader('\\"height\\":4', '\\"height\\":0'), 'GRAPH_INVALID'],
    [
      'an image that does not divide into blocks',
      () => withHeader('\\"height\\":4', '\\"height\\":5'),
      'SHAPE_MISMATCH',
    ],
    ['a huge image', () => withHeader('\\"height\\":4', '\\"height\\":4097'), 'GRAPH_INVALID'],
  ])('%s', (_, makeFile, code) => {
    expect(codeOf(() => readModel(makeFile()))).toBe(code);
  });

  it('a tensor that no layer reads', () => {
    const extra = '"extra":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"layer1.thresholds"';
    expect(codeOf(() => readModel(withHeader('"layer1.thresholds"', extra)))).toBe('TENSOR_UNUSED');
  });
});

describe('writeModel refuses', () => {
  const wide = { ...small.layers[0], thresholds: Int32Array.from({ length: 9 }, (_, index) => -index) };
  const fiveBits = withLayer(0, { activationBits: 5, thresholds: new Int32Array(3 * 31) });
  const pooled = (change: Partial<Layer>): IntegerModel => {
    const pool = { op: 'average-pool', name: 'p', kernel: 2, stride: 2, inputChannels: 8, activationBits: 1 };
    const layer = { ...pool, thresholds: new Int32Array(8), ...change } as Layer; // a changed pool is a pool
    return { ...small, layers: small.layers.toSpliced(3, 0, layer) };
  };
  it.each<[string, IntegerModel, ModelFileErrorCode]>([
    ['thresholds out of order', withLayer(0, { thresholds: wide.thresholds }), 'THRESHOLDS_DECREASE'],
    ['too few thresholds', withLayer(0, { thresholds: new Int32Array(8) }), 'TENSOR_INVALID'],
    ['channels that do not chain', withLayer(1, { inputChannels: 4 }), 'CHANNELS_MISMATCH'],
    [
      'bits after the last tap',
      withLayer(1, { weights: { format: 'bits', words: new Uint32Array(2).fill(2 ** 27) } }),
      'TENSOR_INVALID',
    ],
    ['a padding level that no level has', withLayer(1, { paddingLevel: 4 }), 'GRAPH_INVALID'],
    ['a padding level of pixels', withLayer(0, { paddingLevel: 1 }), 'GRAPH_INVALID'],
    ['a padding level without padding', withLayer(1, { padding: 0, kernel: 1, paddingLevel: 1 }), 'GRAPH_INVALID'],
    ['nine-bit levels', withLayer(0, { activationBits: 9 }), 'GRAPH_INVALID'],
    ['binary weights on five-bit levels', fiveBits, 'GRAPH_INVALID'],
    ['average pooling of other channels', pooled({ inputChannels: 3 }), 'CHANNELS_MISMATCH'],
    ['average pooling with too few thresholds', pooled({ thresholds: new Int32Array(7) }), 'TENSOR_INVALID'],
    [
      'average pooling with decreasing thresholds',
      pooled({ activationBits: 2, thresholds: Int32Array.from({ length: 24 }, (_, k) => -k) }),
      'THRESHOLDS_DECREASE',
    ],
    ['as much padding as kernel', withLayer(0, { padding: 3 }), 'GRAPH_INVALID'],
    ['no name', withLayer(0, { name: '' }), 'GRAPH_INVALID'],
    ['a name twice', withLayer(0, { name: 'layer2' }), 'GRAPH_INVALID'],
    ['a bias that overflows', withLayer(3, { bias: Int32Array.of(2 ** 31 - 1, 0) }), 'ACCUMULATOR_OVERFLOW'],
    ['no head', { ...small, layers: small.layers.slice(0, -1) }, 'GRAPH_INVALID'],
    ['two equal class names', { ...small, classes: ['a', 'a'] }, 'METADATA_INVALID'],
    ['another number of classes', { ...small, classes: ['a'] }, 'TENSOR_INVALID'],
    ['control characters in a class name', { ...small, classes: ['a', 'b\n'] }, 'METADATA_INVALID'],
    ['a scale that is not a number', { ...small, logitScale: Number.NaN }, 'METADATA_INVALID'],
    [
      'a bottomless record',
      { ...small, record: JSON.parse(`${'{"a":'.repeat(99)}1${'}'.repeat(99)}`) },
      'METADATA_INVALID',
    ],
  ])('%s', (_, model, code) => {
    expect(codeOf(() => writeModel(model))).toBe(code);
  });

  it('activations beyond what a device holds', () => {
    const layers = [
      { op: 'convolution', channels: 8, kernel: 1, stride: 1, padding: 0, bits: 1, weights: 'bits' },
    ] as const;
    const model = modelFromPlan({ input: { height: 4096, width: 4096, channels: 1 }, layers, classes: 1, seed: 1 });
    expect(codeOf(() => writeModel(model))).toBe('TOO_LARGE');
  });

  it('an accumulator that could leave int32', () => {
    const layers = [
      { op: 'convolution', channels: 1, kernel: 16, stride: 1, padding: 0, bits: 1, weights: 'int8' },
    ] as const;
    const input = { height: 16, width: 16, channels: 1024 };
    const model = modelFromPlan({ input, layers, classes: 1, seed: 1 });
    const [first] = model.layers;
    if (first?.op !== 'convolution') throw new Error('The plan starts with a convolution.');
    const weights = { format: 'int8', values: new Int8Array(16 * 16 * 1024).fill(-128) } as const;
    const heavy = { ...model, layers: [{ ...first, weights }, ...model.layers.slice(1)] };
    expect(codeOf(() => writeModel(heavy))).toBe('ACCUMULATOR_OVERFLOW');
  });
});

describe('hostile bytes', () => {
  const file = writeModel(small);
  const headerEnd = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));

  it('end in ModelFileError or in a model, never in anything else', () => {
    const change = fc.record({
      // Most of the interest lies in the header.
      at: fc.oneof({ weight: 4, arbitrary: fc.nat(headerEnd) }, { weight: 1, arbitrary: fc.nat(file.length - 1) }),
      value: fc.oneof(
        fc.nat(255),
        fc.constantFrom(...[...'0123456789"[]{},:-e.']).map((c) => c.charCodeAt(0)),
      ),
    });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = file.slice();
        for (const { at, value } of changes) bytes[at] = value;
        outcomes.add(codeOf(() => readModel(bytes)));
      }),
      { numRuns: 4000 },
    );
    expect(outcomes.size).toBeGreaterThan(3);
  });

  it('are refused wherever the file is cut off', () => {
    for (let length = 0; length < file.length; length += 3) {
      expect(codeOf(() => readModel(file.subarray(0, length)))).not.toBe('none');
    }
  });

  it('with a deeply nested record are refused without a stack overflow', () => {
    const depth = 100_000;
    const nested = withHeader(/"record":"[^}]*}"/, `"record":"${'['.repeat(depth)}${']'.repeat(depth)}"`);
    expect(codeOf(() => readModel(nested))).toBe('METADATA_INVALID');
  });
});
