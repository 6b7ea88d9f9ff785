import { type Constant, elementCount, integerAttribute, integersAttribute, type OnnxNode, refuse } from '../graph.ts';
import { integerList, normalizedAxis, required } from './evaluator.ts';

/** Reshape, Flatten, Squeeze, Unsqueeze and Identity of a constant: the same elements under another shape. */
export function evaluateReshape(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const data = required(node, inputs, 0);
  return { ...data, dims: reshapedDims(node, data.dims, inputs[1]) };
}

/** The output shape of a reshaping node; `argument` is its second input (target shape or axes) where it has one. */
export function reshapedDims(node: OnnxNode, dims: readonly number[], argument: Constant | undefined): number[] {
  if (node.operator === 'Reshape') return targetShape(node, dims, argument);
  if (node.operator === 'Flatten') return flattened(node, dims);
  if (node.operator === 'Squeeze') return squeezed(node, dims, argument);
  if (node.operator === 'Unsqueeze') return unsqueezed(node, dims, argument);
  return [...dims];
}

/** 0 copies an axis, -1 takes what is left (Reshape-13). */
function targetShape(node: OnnxNode, dims: readonly number[], argument: Constant | undefined): number[] {
  const wanted = argument ? integerList(node, argument) : [...integersAttribute(node, 'shape', [])];
  const allowZero = integerAttribute(node, 'allowzero', 0) === 1;
  const target = wanted.map((dim, axis) => (dim === 0 && !allowZero ? (dims[axis] ?? 0) : dim));
  const count = elementCount(dims);
  const known = target.filter((dim) => dim !== -1).reduce((product, dim) => product * dim, 1);
  const shape = target.map((dim) => (dim === -1 ? count / known : dim));
  const sound = shape.every((dim) => Number.isInteger(dim) && dim >= 0) && shape.length <= 8;
  if (!sound || elementCount(shape) !== count || target.filter((dim) => dim === -1).length > 1) {
    throw impossible(node, dims, wanted);
  }
  return shape;
}

function flattened(node: OnnxNode, dims: readonly number[]): number[] {
  const axis = integerAttribute(node, 'axis', 1);
  const split = axis === dims.length ? axis : normalizedAxis(node, axis, dims.length);
  return [elementCount(dims.slice(0, split)), elementCount(dims.slice(split))];
}

function squeezed(node: OnnxNode, dims: readonly number[], argument: Constant | undefined): number[] {
  const axes = (argument ? integerList(node, argument) : integersAttribute(node, 'axes', [])).map((axis) =>
    normalizedAxis(node, axis, dims.length),
  );
  if (axes.some((axis) => dims[axis] !== 1)) throw impossible(node, dims, axes);
  return dims.filter((dim, axis) => (axes.length > 0 ? !axes.includes(axis) : dim !== 1));
}

function unsqueezed(node: OnnxNode, dims: readonly number[], argument: Constant | undefined): number[] {
  const axes = argument ? integerList(node, argument) : integersAttribute(node, 'axes', []);
  const rank = dims.length + axes.length;
  const inserted = new Set(axes.map((axis) => normalizedAxis(node, axis, rank)));
  if (inserted.size !== axes.length || rank > 8) throw impossible(node, dims, axes);
  const rest = [...dims];
  return Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? 1 : (rest.shift() ?? 1)));
}

function impossible(node: OnnxNode, dims: readonly number[], wanted: readonly number[]): Error {
  return refuse(
    'SHAPE_MISMATCH',
    node,
    `[${dims.join(', ')}] cannot become [${wanted.join(', ')}]`,
    'export the model with a fixed input size and batch 1',
  );
}
