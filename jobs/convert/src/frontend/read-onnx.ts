import { ConversionError } from './conversion-error.ts';
import type { Attribute, Constant, OnnxGraph, OnnxNode, ValueInfo } from './graph.ts';
import { readTensor, type TensorBudget } from './tensor.ts';
import { type Field, forEachField, malformed, readPackedVarints } from './wire.ts';

/** Largest file that is looked at; LmnetV1 is 3 MB. */
export const MAXIMUM_ONNX_BYTES = 64 * 1024 * 1024;
const MAXIMUM_ELEMENTS = 16 * 1024 * 1024;
const MAXIMUM_ENTRIES = 20_000;

/**
 * Reads a serialized ModelProto.
 * Field numbers: onnx/onnx.proto (IR version 8), https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto
 * Throws ConversionError and nothing else, whatever the bytes are. Nesting is bounded: subgraphs are not entered.
 */
export function readOnnx(bytes: Uint8Array): OnnxGraph {
  if (bytes.length > MAXIMUM_ONNX_BYTES) {
    throw new ConversionError('ONNX_TOO_LARGE', {
      what: `the model has ${bytes.length} bytes; ${MAXIMUM_ONNX_BYTES} is the limit`,
      action: 'use a smaller network',
    });
  }
  let graph: Uint8Array | undefined;
  let opset = 0;
  const metadata = new Map<string, string>();
  forEachField(bytes, (field) => {
    if (field.number === 7) graph = message(field);
    else if (field.number === 8) opset = defaultOpset(message(field)) ?? opset;
    else if (field.number === 14) {
      const entry = readEntry(message(field));
      metadata.set(entry.key, entry.value);
      bounded(metadata.size, 'metadata entries');
    }
  });
  if (graph === undefined) throw malformed('it has no graph');
  return { ...readGraph(graph), metadata, opset };
}

/** GraphProto: node 1, initializer 5, input 11, output 12, sparse_initializer 15. */
function readGraph(bytes: Uint8Array): Omit<OnnxGraph, 'metadata' | 'opset'> {
  const budget: TensorBudget = { elements: MAXIMUM_ELEMENTS };
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Constant>();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  forEachField(bytes, (field) => {
    if (field.number === 1) {
      nodes.push(readNode(message(field), nodes.length, budget));
      bounded(nodes.length, 'nodes');
    } else if (field.number === 5) {
      const { name, tensor } = readTensor(message(field), budget);
      initializers.set(name, tensor);
      bounded(initializers.size, 'initializers');
    } else if (field.number === 11) bounded(inputs.push(readValueInfo(message(field))), 'inputs');
    else if (field.number === 12) bounded(outputs.push(readValueInfo(message(field))), 'outputs');
    else if (field.number === 15) throw sparse();
  });
  return { nodes, initializers, outputs, inputs: inputs.filter(({ name }) => !initializers.has(name)) };
}

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7. */
function readNode(bytes: Uint8Array, index: number, budget: TensorBudget): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let name = '';
  let operator = '';
  let domain = '';
  forEachField(bytes, (field) => {
    if (field.number === 1) bounded(inputs.push(text(field)), 'inputs of a node');
    else if (field.number === 2) bounded(outputs.push(text(field)), 'outputs of a node');
    else if (field.number === 3) name = text(field);
    else if (field.number === 4) operator = text(field);
    else if (field.number === 5) {
      const attribute = readAttribute(message(field), budget);
      attributes.set(attribute.name, attribute.value);
      bounded(attributes.size, 'attributes of a node');
    } else if (field.number === 7) domain = text(field);
  });
  return { name: name || outputs[0] || `node ${index}`, operator, domain, inputs, outputs, attributes };
}

/** AttributeProto: name 1, f 2, i 3, s 4, t 5, g 6, floats 7, ints 8, strings 9, tensors 10, graphs 11. */
function readAttribute(bytes: Uint8Array, budget: TensorBudget): { name: string; value: Attribute } {
  let name = '';
  let value: Attribute = {};
  const floats: number[] = [];
  const integers: number[] = [];
  forEachField(bytes, (field) => {
    if (field.number === 1) name = text(field);
    else if (field.number === 2) value = { float: float32(field) };
    else if (field.number === 3) value = { integer: integer(field) };
    else if (field.number === 4) value = { text: text(field) };
    else if (field.number === 5) value = { tensor: readTensor(message(field), budget).tensor };
    else if (field.number === 7) floats.push(...readFloats(field));
    else if (field.number === 8) {
      for (const entry of integersOf(field)) bounded(integers.push(entry), 'integers of an attribute');
    } else if ([6, 9, 10, 11, 14, 15, 22, 23].includes(field.number)) value = { other: true };
  });
  if (floats.length > 0) return { name, value: { floats } };
  return { name, value: integers.length > 0 ? { integers } : value };
}

/** ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; Tensor: shape 2; TensorShapeProto: dim 1. */
function readValueInfo(bytes: Uint8Array): ValueInfo {
  let name = '';
  let shape: number[] | undefined;
  forEachField(bytes, (field) => {
    if (field.number === 1) name = text(field);
    if (field.number !== 2) return;
    forEachField(message(field), (type) => {
      if (type.number !== 1) return;
      forEachField(message(type), (tensor) => {
        if (tensor.number === 2) shape = readShape(message(tensor));
      });
    });
  });
  return { name, shape };
}

/** Dimension: dim_value 1, dim_param 2. An axis without a number becomes -1. */
function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  forEachField(bytes, (field) => {
    if (field.number !== 1) return;
    let axis = -1;
    forEachField(message(field), (dimension) => {
      if (dimension.number === 1) axis = integer(dimension);
    });
    bounded(shape.push(axis), 'axes of a value');
  });
  return shape;
}

/** OperatorSetIdProto: domain 1, version 2. Undefined when it concerns another domain. */
function defaultOpset(bytes: Uint8Array): number | undefined {
  let domain = '';
  let version = 0;
  forEachField(bytes, (field) => {
    if (field.number === 1) domain = text(field);
    else if (field.number === 2) version = integer(field);
  });
  return domain === '' || domain === 'ai.onnx' ? version : undefined;
}

/** StringStringEntryProto: key 1, value 2. */
function readEntry(bytes: Uint8Array): { key: string; value: string } {
  const entry = { key: '', value: '' };
  forEachField(bytes, (field) => {
    if (field.number === 1) entry.key = text(field);
    else if (field.number === 2) entry.value = text(field);
  });
  return entry;
}

function message(field: Field): Uint8Array {
  if (field.wire !== 'bytes') throw malformed(`field ${field.number} is a number where a message belongs`);
  return field.value;
}

function text(field: Field): string {
  return Buffer.from(message(field)).toString('utf8');
}

function integer(field: Field): number {
  if (field.wire !== 'varint') throw malformed(`field ${field.number} is not an integer`);
  return Number(BigInt.asIntN(64, field.value));
}

function integersOf(field: Field): number[] {
  if (field.wire === 'varint') return [integer(field)];
  const packed = message(field);
  bounded(packed.length / 10, 'integers of an attribute');
  return readPackedVarints(packed).map((value) => Number(BigInt.asIntN(64, value)));
}

function float32(field: Field): number {
  if (field.wire !== 'fixed32') throw malformed(`field ${field.number} is not a float`);
  return Buffer.from(field.value).readFloatLE(0);
}

function readFloats(field: Field): number[] {
  if (field.wire === 'fixed32') return [float32(field)];
  const bytes = Buffer.from(message(field));
  if (bytes.length % 4 !== 0) throw malformed('a packed list of floats ends inside a float');
  bounded(bytes.length / 4, 'floats of an attribute');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

function bounded(count: number, what: string): void {
  if (count <= MAXIMUM_ENTRIES) return;
  throw new ConversionError('ONNX_TOO_LARGE', {
    what: `the model has more than ${MAXIMUM_ENTRIES} ${what}`,
    action: 'use a smaller network',
  });
}

function sparse(): ConversionError {
  return new ConversionError('UNSUPPORTED_TENSOR', {
    what: 'the model stores a sparse tensor',
    action: 'store it as a dense initializer',
  });
}
