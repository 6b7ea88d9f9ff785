import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertModel } from '../convert-model.ts';
import { ConversionError } from './conversion-error.ts';
import { readOnnx } from './read-onnx.ts';
import { lmnetV1 } from './testing/networks.ts';
import { bytesField, type TensorSpec, textField, varint, varintField, writeOnnx } from './testing/onnx-writer.ts';

describe('reading ONNX', () => {
  test('reads nodes, attributes, metadata and the shape of the input', () => {
    const graph = readOnnx(
      writeOnnx({
        nodes: [
          {
            operator: 'Quant',
            domain: 'onnx.brevitas',
            name: 'act',
            inputs: ['image', '', 'w'],
            output: 'y',
            attributes: { signed: 1, rounding_mode: 'ROUND', perm: [0, -1, 300], epsilon: { float: 0.25 } },
          },
        ],
        initializers: { w: { dims: [], values: [2] } },
        input: { name: 'image', shape: ['batch', 3, 32, 16] },
        output: 'y',
        metadata: { classes: '["猫"]' },
      }),
    );
    const [node] = graph.nodes;
    expect(node).toMatchObject({ name: 'act', operator: 'Quant', domain: 'onnx.brevitas', inputs: ['image', '', 'w'] });
    expect(Object.fromEntries(node?.attributes ?? [])).toEqual({
      signed: { integer: 1 },
      rounding_mode: { text: 'ROUND' },
      perm: { integers: [0, -1, 300] },
      epsilon: { float: 0.25 },
    });
    expect(graph.inputs).toEqual([{ name: 'image', shape: [-1, 3, 32, 16] }]);
    expect(graph.metadata.get('classes')).toBe('["猫"]');
    expect(graph.opset).toBe(13);
  });

  test.each<[NonNullable<TensorSpec['storage']>, number[]]>([
    ['raw', [1.5, -2, 0]],
    ['float_data', [1.5, -2, 0]],
    ['int64_data', [1, -2, 2 ** 40]],
    ['raw-int64', [1, -2, 2 ** 40]],
    ['int32_data', [1, -2, 2 ** 30]],
    ['raw-int8', [1, -128, 127]],
  ])('reads a tensor stored as %s', (storage, values) => {
    const graph = readOnnx(fileWith({ dims: [3], values, storage }));
    expect(Array.from(graph.initializers.get('w')?.values ?? [])).toEqual(values);
  });

  test('refuses external data by the name of the tensor', () => {
    expect(() => readOnnx(fileWith({ dims: [1], values: [1], storage: 'external' }))).toThrow(
      expect.objectContaining({ code: 'EXTERNAL_DATA', node: 'w' }),
    );
  });

  test.each<[string, Uint8Array]>([
    ['an empty file', new Uint8Array(0)],
    ['text', Buffer.from('hello, this is not a model')],
    ['a varint of eleven bytes', Buffer.from([0x08, ...new Array(10).fill(0xff), 1])],
    ['a varint beyond 64 bits', Buffer.from([0x08, ...new Array(9).fill(0xff), 0x7f])],
    ['a length beyond the file', Buffer.concat([varint((7 << 3) | 2), varint(2n ** 63n)])],
    ['a field cut in its middle', bytesField(7, Buffer.alloc(10)).subarray(0, 6)],
    ['a group', Buffer.from([0x0b, 0x0c])],
    ['field number zero', Buffer.from([0x00, 0x00])],
    ['a number where the graph belongs', varintField(7, 5)],
    ['a shape that the data does not fill', fileWith({ dims: [1000], values: [1] })],
    ['a shape beyond memory', fileWith({ dims: [2 ** 31 - 1, 2 ** 31 - 1], values: [] })],
    ['a negative shape', fileWith({ dims: [-1], values: [] })],
    ['too many axes', fileWith({ dims: new Array(9).fill(1), values: [1] })],
    ['more values than the shape', fileWith({ dims: [1], values: [1, 2], storage: 'int32_data' })],
    ['too many nodes', bytesField(7, Buffer.concat(new Array(20_001).fill(bytesField(1, textField(4, 'X')))))],
  ])('refuses %s', (_, bytes) => {
    expect(() => readOnnx(bytes)).toThrow(ConversionError);
  });
});

describe('a hostile model file', () => {
  const valid = lmnetV1({ side: 8, width: 1 / 32 }).bytes();

  test('with flipped, cut and repeated bytes ends in a ConversionError or in a model', () => {
    const mutation = fc.record({
      at: fc.nat(valid.length - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
      kind: fc.constantFrom('replace' as const, 'insert' as const, 'cut' as const, 'end' as const),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        expectOnlyConversionErrors(mutations.reduce(mutate, valid));
      }),
      { numRuns: 1500 },
    );
  });

  test('of random bytes ends in a ConversionError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => expectOnlyConversionErrors(bytes)),
      { numRuns: 2000 },
    );
  });

  // The structure of a graph fits in the bytes outside raw tensors: aim there, byte by byte.
  test('with each structural byte changed in turn ends in a ConversionError or in a model', () => {
    const structural = structuralOffsets(valid);
    for (const offset of structural) {
      for (const change of [0x01, 0x80]) {
        const bytes = Uint8Array.from(valid);
        bytes[offset] = (bytes[offset] ?? 0) ^ change;
        expectOnlyConversionErrors(bytes);
      }
    }
    expect(structural.length).toBeGreaterThan(600);
  });
});

interface Mutation {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly kind: 'replace' | 'insert' | 'cut' | 'end';
}

function mutate(source: Uint8Array, { at, bytes, kind }: Mutation): Uint8Array {
  const head = source.subarray(0, at);
  if (kind === 'end') return head;
  if (kind === 'cut') return Buffer.concat([head, source.subarray(at + bytes.length)]);
  return Buffer.concat([head, bytes, source.subarray(kind === 'insert' ? at : at + bytes.length)]);
}

function expectOnlyConversionErrors(bytes: Uint8Array): void {
  try {
    convertModel(bytes);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    expect(error.message).toMatch(/To make it fit: .+\.$/);
  }
}

/** Offsets of the nodes and of everything after the initializers: the second half of the file is raw weights. */
function structuralOffsets(bytes: Uint8Array): number[] {
  const text = Buffer.from(bytes).toString('latin1');
  const end = text.indexOf('constant0', text.lastIndexOf('Gemm'));
  const stride = 5;
  return Array.from({ length: Math.floor(end / stride) }, (_, index) => index * stride);
}

function fileWith(tensor: TensorSpec): Uint8Array {
  return writeOnnx({
    nodes: [],
    initializers: { w: tensor },
    input: { name: 'image', shape: [1, 3, 8, 8] },
    output: 'image',
  });
}
