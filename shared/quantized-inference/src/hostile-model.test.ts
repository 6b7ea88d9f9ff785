/** Model files that contradict themselves, beyond what changed bytes come upon: each is refused by name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDuplicateKey } from './duplicate-key.ts';
import { ModelFileError } from './model-file-error.ts';
import { readModel } from './read-model.ts';
import { modelFromPlan } from './testing.ts';
import { writeModel } from './write-model.ts';

const model = modelFromPlan({
  input: { height: 4, width: 4, channels: 3 },
  layers: [{ op: 'convolution', channels: 3, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' }],
  classes: 2,
  seed: 1,
});
const file = writeModel(model);
const headerBytes = Number(new DataView(file.buffer).getBigUint64(0, true));
const header = new TextDecoder().decode(file.subarray(8, 8 + headerBytes));

/** The file with another header, and its data changed by `touch`. */
function withHeader(text: string, touch: (data: DataView) => void = () => undefined): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const changed = new Uint8Array([...new Uint8Array(8), ...bytes, ...file.subarray(8 + headerBytes)]);
  new DataView(changed.buffer).setBigUint64(0, BigInt(bytes.length), true);
  touch(new DataView(changed.buffer, 8 + bytes.length));
  return changed;
}

function codeOf(bytes: Uint8Array): string {
  try {
    readModel(bytes);
  } catch (error) {
    if (error instanceof ModelFileError) return error.code;
    throw error;
  }
  return 'none';
}

/** The header with one field of its metadata replaced by a text. */
function withMetadata(key: string, value: string): string {
  const parsed = JSON.parse(header);
  return JSON.stringify({ ...parsed, __metadata__: { ...parsed.__metadata__, [key]: value } });
}

/** The header with one entry more before the others. */
const withEntry = (key: string, value: object) =>
  header.replace('{', `{${JSON.stringify(key)}:${JSON.stringify(value)},`);
const offsetOf = (tensor: string): number => JSON.parse(header)[tensor].data_offsets[0];

describe('a model file is refused', () => {
  const empty = { dtype: 'U8', shape: [0], data_offsets: [0, 0] };
  const graph: string = JSON.parse(header).__metadata__.graph;

  it.each<[string, string, string]>([
    ['with a tensor described twice', withEntry('layer1.weight', empty), 'HEADER_INVALID'],
    [
      'with a name twice in two spellings',
      withEntry('layer1.weight', empty).replace('"layer1', '"\\u006cayer1'),
      'HEADER_INVALID',
    ],
    ['with metadata twice', header.replace('{', '{"__metadata__":{"format":"other"},'), 'HEADER_INVALID'],
    ['with a field of a tensor twice', header.replace('"dtype":', '"dtype":"U8","dtype":'), 'HEADER_INVALID'],
    ['with a tensor called __proto__', withEntry('__proto__', empty), 'TENSOR_UNUSED'],
    ['with a tensor called constructor', withEntry('constructor', empty), 'TENSOR_UNUSED'],
    ['with a type called toString', header.replace('"I8"', '"toString"'), 'HEADER_INVALID'],
    ['with fields in a prototype', header.replace('"dtype":"I8"', '"__proto__":{"dtype":"I8"}'), 'HEADER_INVALID'],
    [
      'with a layer whose fields are in a prototype',
      withMetadata('graph', graph.replace('"kernel":3', '"__proto__":{"kernel":3}')),
      'GRAPH_INVALID',
    ],
    ['with a layer called __proto__', withMetadata('graph', graph.replaceAll('layer1', '__proto__')), 'TENSOR_MISSING'],
    ['with NaN for a scale', withMetadata('logit_scale', 'NaN'), 'METADATA_INVALID'],
    ['with null for a scale', withMetadata('logit_scale', 'null'), 'GRAPH_INVALID'],
    ['with a scale of zero', withMetadata('logit_scale', '0'), 'METADATA_INVALID'],
    ['with a negative scale', withMetadata('logit_scale', '-0.5'), 'METADATA_INVALID'],
    [
      'with a shape that multiplies to more than a number holds',
      header.replace('[3,3,3,3]', '[9007199254740991,9007199254740991,0]'),
      'OFFSETS_INVALID',
    ],
    ['with a shape of fractions', header.replace('[3,3,3,3]', '[0.5,162]'), 'HEADER_INVALID'],
    ['with more dimensions than tensors have', header.replace('[3,3,3,3]', '[3,3,3,3,1,1,1,1,1]'), 'HEADER_INVALID'],
    [
      'with activations of a billion bits',
      withMetadata('graph', graph.replace('"activationBits":2', '"activationBits":1000000000')),
      'TENSOR_INVALID',
    ],
    [
      'with activations of minus one bit',
      withMetadata('graph', graph.replace('"activationBits":2', '"activationBits":-1')),
      'TENSOR_INVALID',
    ],
  ])('%s', (_, changed, code) => {
    expect(changed).not.toBe(header);
    expect(codeOf(withHeader(changed))).toBe(code);
  });

  it('with thresholds out of order', () => {
    const at = offsetOf('layer1.thresholds');
    expect(codeOf(withHeader(header))).toBe('none');
    expect(codeOf(withHeader(header, (data) => data.setInt32(at + 4, data.getInt32(at, true) - 1, true)))).toBe(
      'THRESHOLDS_DECREASE',
    );
  });

  it('though a record may have any keys, which change nothing', () => {
    const record = '{"__proto__":{"polluted":true},"constructor":1,"a":{"__proto__":2}}';
    const read = readModel(withHeader(withMetadata('record', record)));
    expect(JSON.parse(JSON.stringify(read.record))).toEqual(JSON.parse(record));
    expect(readModel(writeModel(read)).record).toEqual(read.record);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('findDuplicateKey', () => {
  it.each<[string, string | undefined]>([
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
    ['{"a":"a","b":["a","a"]}', undefined],
    ['{"a":1,"b":{"c":2 , "c" : 3}}', 'c'],
    ['{"a\\"":1,"b":"{\\"b\\":1,\\"b\\":2}"}', undefined],
    ['[{"\\u0061":1,"a":2}]', 'a'],
    ['"a"', undefined],
  ])('of %s is %s', (text, key) => expect(findDuplicateKey(text)).toBe(key));

  it('walks through megabytes of escapes and of brackets', () => {
    for (const text of [JSON.stringify('"'.repeat(4e6)), `${'['.repeat(1e6)}${']'.repeat(1e6)}`])
      expect(findDuplicateKey(`{"a":${text},"a":0}`)).toBe('a');
  });

  it('finds none in what JSON.stringify writes, and one in any object with a key repeated', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, key) => {
        const name = JSON.stringify(key);
        expect(findDuplicateKey(JSON.stringify(value))).toBeUndefined();
        expect(findDuplicateKey(`[${JSON.stringify(value)},{${name}:${JSON.stringify(value)},${name}\t:0}]`)).toBe(key);
      }),
    );
  });
});
