import { ConversionError } from './conversion-error.ts';
import { type Constant, elementCount } from './graph.ts';
import { type Field, forEachField, malformed, readPackedVarints, readVarint } from './wire.ts';

/** Reads decoded tensors against one budget, so that a small file cannot claim more memory than a network needs. */
export interface TensorBudget {
  elements: number;
}

/**
 * TensorProto. Field numbers: onnx/onnx.proto (IR version 8), message TensorProto: dims 1, data_type 2, float_data 4,
 * int32_data 5, int64_data 7, name 8, raw_data 9, double_data 10, uint64_data 11, external_data 13, data_location 14.
 */
export function readTensor(bytes: Uint8Array, budget: TensorBudget): { name: string; tensor: Constant } {
  const fields = collect(bytes);
  if (fields.external) {
    throw new ConversionError('EXTERNAL_DATA', {
      node: fields.name,
      what: 'the tensor keeps its data in another file',
      action: 'save the model with its data inside (onnx.save with save_as_external_data=False)',
    });
  }
  const type = ELEMENT_TYPES.get(fields.dataType);
  if (type === undefined) throw unsupportedType(fields.name, fields.dataType);
  const count = checkedCount(fields, budget);
  const values = fields.raw === undefined ? typedValues(fields, type, count) : rawValues(fields.raw, type, count);
  if (values.length !== count) {
    throw malformed(`tensor ${fields.name} holds ${values.length} values where its shape needs ${count}`);
  }
  return { name: fields.name, tensor: { dims: fields.dims, values, integer: type.integer } };
}

interface TensorFields {
  name: string;
  dims: number[];
  dataType: number;
  raw: Uint8Array | undefined;
  external: boolean;
  /** float_data and double_data in file order, packed or one by one: the same bytes. */
  floats: Uint8Array[];
  doubles: Uint8Array[];
  /** int32_data, int64_data and uint64_data: packed lists and single entries. */
  varints: (Uint8Array | bigint)[];
}

interface ElementType {
  readonly bytes: number;
  readonly integer: boolean;
  /** Reads one raw little-endian element. */
  readonly read: (view: DataView, offset: number) => number;
  /** Turns an int32_data, int64_data or uint64_data entry into the value. */
  readonly fromVarint: (value: bigint) => number;
}

const MAXIMUM_RANK = 8;

const signed = (value: bigint): number => Number(BigInt.asIntN(64, value));
const low16 = (value: bigint): number => Number(BigInt.asUintN(16, value));

/** TensorProto.DataType (onnx.proto): the numeric types that exporters of image networks write. */
const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, { bytes: 4, integer: false, read: (view, at) => view.getFloat32(at, true), fromVarint: signed }],
  [2, { bytes: 1, integer: true, read: (view, at) => view.getUint8(at), fromVarint: signed }],
  [3, { bytes: 1, integer: true, read: (view, at) => view.getInt8(at), fromVarint: signed }],
  [4, { bytes: 2, integer: true, read: (view, at) => view.getUint16(at, true), fromVarint: signed }],
  [5, { bytes: 2, integer: true, read: (view, at) => view.getInt16(at, true), fromVarint: signed }],
  [6, { bytes: 4, integer: true, read: (view, at) => view.getInt32(at, true), fromVarint: signed }],
  [7, { bytes: 8, integer: true, read: (view, at) => Number(view.getBigInt64(at, true)), fromVarint: signed }],
  [9, { bytes: 1, integer: true, read: (view, at) => view.getUint8(at), fromVarint: signed }],
  [10, { bytes: 2, integer: false, read: (v, at) => half(v.getUint16(at, true)), fromVarint: (v) => half(low16(v)) }],
  [11, { bytes: 8, integer: false, read: (view, at) => view.getFloat64(at, true), fromVarint: signed }],
  [12, { bytes: 4, integer: true, read: (view, at) => view.getUint32(at, true), fromVarint: Number }],
  [13, { bytes: 8, integer: true, read: (view, at) => Number(view.getBigUint64(at, true)), fromVarint: Number }],
  [16, { bytes: 2, integer: false, read: (v, at) => brain(v.getUint16(at, true)), fromVarint: (v) => brain(low16(v)) }],
]);

function collect(bytes: Uint8Array): TensorFields {
  const fields: TensorFields = {
    name: '',
    dims: [],
    dataType: 0,
    raw: undefined,
    external: false,
    floats: [],
    doubles: [],
    varints: [],
  };
  forEachField(bytes, (field) => {
    const { number } = field;
    if (number === 1) fields.dims.push(...readDims(field));
    else if (number === 5 || number === 7 || number === 11) {
      if (field.wire !== 'varint' && field.wire !== 'bytes') throw malformed('integers stored as fixed-size numbers');
      fields.varints.push(field.value);
    } else if (number === 2 && field.wire === 'varint') fields.dataType = Number(field.value);
    else if (number === 4 && field.wire !== 'varint') fields.floats.push(field.value);
    else if (number === 8 && field.wire === 'bytes') fields.name = Buffer.from(field.value).toString('utf8');
    else if (number === 9 && field.wire === 'bytes') fields.raw = field.value;
    else if (number === 10 && field.wire !== 'varint') fields.doubles.push(field.value);
    else if (number === 13) fields.external = true;
    else if (number === 14 && field.wire === 'varint') fields.external ||= field.value === 1n;
  });
  return fields;
}

function readDims(field: Field): number[] {
  if (field.wire !== 'varint' && field.wire !== 'bytes')
    throw malformed('the shape of a tensor is not made of integers');
  if (field.wire === 'bytes' && field.value.length > 10 * MAXIMUM_RANK) throw malformed('a tensor has too many axes');
  const dims = field.wire === 'varint' ? [field.value] : readPackedVarints(field.value);
  return dims.map((dim) => {
    if (dim > 0x7fffffffn) throw malformed(`a tensor axis has ${BigInt.asIntN(64, dim)} elements`);
    return Number(dim);
  });
}

function checkedCount(fields: TensorFields, budget: TensorBudget): number {
  if (fields.dims.length > MAXIMUM_RANK) throw malformed(`tensor ${fields.name} has ${fields.dims.length} axes`);
  const count = elementCount(fields.dims);
  budget.elements -= count;
  if (budget.elements < 0) {
    throw new ConversionError('ONNX_TOO_LARGE', {
      node: fields.name,
      what: 'the constants of the model exceed the number of elements that a device network may have',
      action: 'use a smaller network',
    });
  }
  return count;
}

function rawValues(raw: Uint8Array, type: ElementType, count: number): Float64Array {
  if (raw.length !== count * type.bytes) {
    throw malformed(`a tensor of ${count} elements has ${raw.length} bytes of data instead of ${count * type.bytes}`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) values[index] = type.read(view, index * type.bytes);
  return values;
}

function typedValues(fields: TensorFields, type: ElementType, count: number): Float64Array {
  if (fields.doubles.length > 0) return fixedValues(fields.doubles, 8);
  if (fields.floats.length > 0) return fixedValues(fields.floats, 4);
  const values = new Float64Array(count);
  let filled = 0;
  const append = (entry: bigint): void => {
    if (filled === count) throw malformed(`tensor ${fields.name} holds more values than its shape needs`);
    values[filled++] = type.fromVarint(entry);
  };
  for (const chunk of fields.varints) {
    if (typeof chunk === 'bigint') append(chunk);
    else {
      for (let offset = 0; offset < chunk.length; ) {
        const { value, next } = readVarint(chunk, offset);
        append(value);
        offset = next;
      }
    }
  }
  return values.subarray(0, filled);
}

function fixedValues(chunks: readonly Uint8Array[], size: 4 | 8): Float64Array {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (total % size !== 0) throw malformed('a packed list of numbers ends inside a number');
  const values = new Float64Array(total / size);
  const bytes = Buffer.concat(chunks, total);
  for (let index = 0; index < values.length; index++) {
    values[index] = size === 4 ? bytes.readFloatLE(index * 4) : bytes.readDoubleLE(index * 8);
  }
  return values;
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a float32. */
function brain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 0x10000);
  return view.getFloat32(0);
}

function unsupportedType(name: string, dataType: number): ConversionError {
  return new ConversionError('UNSUPPORTED_TENSOR', {
    node: name,
    what: `the tensor has element type ${dataType}, which is not a number type`,
    action: 'store it as float32 or an integer type',
  });
}
