/** Writes ONNX files for tests: as much of ModelProto as exporters use. Field numbers as in `read-onnx.ts`. */
export interface TensorSpec {
  readonly dims: readonly number[];
  readonly values: readonly number[] | Float64Array | Float32Array | Int8Array;
  /** How the numbers are stored; `raw` float32 by default. */
  readonly storage?:
    | 'raw'
    | 'float_data'
    | 'int64_data'
    | 'int32_data'
    | 'raw-int8'
    | 'raw-uint8'
    | 'raw-int64'
    | 'external';
}

export type AttributeSpec = number | string | readonly number[] | { readonly float: number } | TensorSpec;

export interface NodeSpec {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}

export interface ModelSpec {
  readonly nodes: readonly NodeSpec[];
  readonly initializers: Readonly<Record<string, TensorSpec>>;
  readonly input: { readonly name: string; readonly shape: readonly (number | string)[] };
  readonly output: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export function writeOnnx({ nodes, initializers, input, output, metadata = {} }: ModelSpec): Uint8Array {
  const graph = Buffer.concat([
    ...nodes.map((node) => bytesField(1, nodeMessage(node))),
    textField(2, 'test'),
    ...Object.entries(initializers).map(([name, tensor]) => bytesField(5, tensorMessage(tensor, name))),
    bytesField(11, valueInfo(input.name, input.shape)),
    bytesField(12, valueInfo(output, undefined)),
  ]);
  return Buffer.concat([
    varintField(1, 8),
    bytesField(7, graph),
    bytesField(8, Buffer.concat([textField(1, ''), varintField(2, 13)])),
    bytesField(8, Buffer.concat([textField(1, 'qonnx.custom_op.general'), varintField(2, 1)])),
    ...Object.entries(metadata).map(([key, value]) =>
      bytesField(14, Buffer.concat([textField(1, key), textField(2, value)])),
    ),
  ]);
}

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

export function varintField(number: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

export function bytesField(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(value.length), value]);
}

export function textField(number: number, value: string): Buffer {
  return bytesField(number, Buffer.from(value));
}

function nodeMessage({ operator, inputs, output, name, domain, attributes = {} }: NodeSpec): Buffer {
  return Buffer.concat([
    ...inputs.map((input) => textField(1, input)),
    textField(2, output),
    textField(3, name ?? output),
    textField(4, operator),
    ...Object.entries(attributes).map(([key, value]) => bytesField(5, attributeMessage(key, value))),
    ...(domain ? [textField(7, domain)] : []),
  ]);
}

function attributeMessage(name: string, value: AttributeSpec): Buffer {
  const key = textField(1, name);
  if (typeof value === 'number') return Buffer.concat([key, varintField(3, value), varintField(20, 2)]);
  if (typeof value === 'string') return Buffer.concat([key, textField(4, value), varintField(20, 3)]);
  if ('float' in value) return Buffer.concat([key, floatField(2, value.float), varintField(20, 1)]);
  if ('dims' in value) return Buffer.concat([key, bytesField(5, tensorMessage(value, '')), varintField(20, 4)]);
  return Buffer.concat([key, ...value.map((entry) => varintField(8, entry)), varintField(20, 7)]);
}

function floatField(number: number, value: number): Buffer {
  return Buffer.concat([varint((number << 3) | 5), packFloats([value])]);
}

export function tensorMessage({ dims, values, storage = 'raw' }: TensorSpec, name: string): Buffer {
  return Buffer.concat([
    ...dims.map((dim) => varintField(1, dim)),
    varintField(2, DATA_TYPES[storage]),
    textField(8, name),
    tensorData(Array.from(values), storage),
  ]);
}

const DATA_TYPES = {
  raw: 1,
  float_data: 1,
  external: 1,
  int64_data: 7,
  'raw-int64': 7,
  int32_data: 6,
  'raw-int8': 3,
  'raw-uint8': 2,
};

function tensorData(values: number[], storage: NonNullable<TensorSpec['storage']>): Buffer {
  switch (storage) {
    case 'raw':
      return bytesField(9, packFloats(values));
    case 'float_data':
      return bytesField(4, packFloats(values));
    case 'int64_data':
      return bytesField(7, Buffer.concat(values.map((value) => varint(value))));
    case 'int32_data':
      return Buffer.concat(values.map((value) => varintField(5, value)));
    case 'raw-int8':
      return bytesField(9, Buffer.from(Int8Array.from(values).buffer));
    case 'raw-uint8':
      return bytesField(9, Uint8Array.from(values));
    case 'raw-int64':
      return bytesField(9, Buffer.from(BigInt64Array.from(values, BigInt).buffer));
    case 'external':
      return Buffer.concat([varintField(14, 1), bytesField(13, textField(1, 'location'))]);
  }
}

function packFloats(values: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

function valueInfo(name: string, shape: readonly (number | string)[] | undefined): Buffer {
  const dims = (shape ?? []).map((dim) =>
    bytesField(1, typeof dim === 'number' ? varintField(1, dim) : textField(2, dim)),
  );
  const tensor = Buffer.concat([varintField(1, 1), ...(shape ? [bytesField(2, Buffer.concat(dims))] : [])]);
  return Buffer.concat([textField(1, name), bytesField(2, bytesField(1, tensor))]);
}
