import { type Constant, elementCount, type OnnxNode, refuse } from '../graph.ts';

/** Computes the output of a node whose inputs are all known. `inputs[i]` is undefined for an omitted optional input. */
export type Evaluator = (node: OnnxNode, inputs: readonly (Constant | undefined)[], opset: number) => Constant;

/** Most elements that a folded constant may have: far above any weight tensor, far below what fills memory. */
const MAXIMUM_FOLDED_ELEMENTS = 16 * 1024 * 1024;

/** Input `index`, or a refusal that names the node. */
export function required(node: OnnxNode, inputs: readonly (Constant | undefined)[], index: number): Constant {
  const input = inputs[index];
  if (input === undefined) {
    throw refuse('SHAPE_MISMATCH', node, `input ${index} is missing`, 'export the model again');
  }
  return input;
}

/** A list of integers (shape, axes, indices) given as a tensor. */
export function integerList(node: OnnxNode, constant: Constant): number[] {
  if (constant.dims.length > 1 || constant.values.length > 64) {
    throw refuse('SHAPE_MISMATCH', node, 'a list of axes is not one-dimensional', 'export the model again');
  }
  return Array.from(constant.values);
}

/** Turns a possibly negative axis into 0..rank-1. */
export function normalizedAxis(node: OnnxNode, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(normal) || normal < 0 || normal >= rank) {
    throw refuse('SHAPE_MISMATCH', node, `axis ${axis} does not exist in ${rank} axes`, 'export the model again');
  }
  return normal;
}

/** Refuses shapes that are not made of counts, or that would fill memory; returns the number of elements. */
export function checkedElements(node: OnnxNode, dims: readonly number[]): number {
  const sound = dims.length <= 8 && dims.every((dim) => Number.isInteger(dim) && dim >= 0);
  const count = sound ? elementCount(dims) : Number.NaN;
  if (!(count <= MAXIMUM_FOLDED_ELEMENTS)) {
    throw refuse('SHAPE_MISMATCH', node, `the shape [${dims.join(', ')}] is not usable`, 'use a smaller network');
  }
  return count;
}

/** Row-major strides of a shape. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  return strides;
}

/**
 * For each element of `dims` in row-major order, the offset `Σ index[axis] * strides[axis]`:
 * one routine behind broadcast (stride 0), transpose (strides permuted) and slices (strides scaled).
 */
export function gatherOffsets(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const offsets = new Int32Array(elementCount(dims));
  const index = new Array<number>(dims.length).fill(0);
  let offset = start;
  for (let element = 0; element < offsets.length; element++) {
    offsets[element] = offset;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const dim = dims[axis] ?? 1;
      const stride = strides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      offset += stride;
      if (next < dim) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      offset -= stride * dim;
    }
  }
  return offsets;
}

/** Strides that read a tensor of shape `from` as if it had the shape `to` (NumPy broadcasting). */
export function broadcastStrides(node: OnnxNode, from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  if (lead < 0) throw mismatch(node, from, to);
  return to.map((dim, axis) => {
    if (axis < lead) return 0;
    const own = from[axis - lead] ?? 1;
    if (own !== dim && own !== 1) throw mismatch(node, from, to);
    return own === 1 ? 0 : (strides[axis - lead] ?? 0);
  });
}

/** The constant with its elements picked by `offsets`; what a quantizer said about them moves along. */
export function picked(constant: Constant, dims: readonly number[], offsets: Int32Array): Constant {
  // A loop: `Float64Array.from` takes ten times as long, on millions of weights.
  const pick = (values: Float64Array): Float64Array => {
    const result = new Float64Array(offsets.length);
    for (let index = 0; index < offsets.length; index++) result[index] = values[offsets[index] ?? 0] ?? Number.NaN;
    return result;
  };
  const { quantized } = constant;
  return {
    dims,
    values: pick(constant.values),
    integer: constant.integer,
    ...(quantized && { quantized: { ...quantized, levels: pick(quantized.levels), scales: pick(quantized.scales) } }),
  };
}

function mismatch(node: OnnxNode, from: readonly number[], to: readonly number[]): Error {
  return refuse(
    'SHAPE_MISMATCH',
    node,
    `a constant of shape [${from.join(', ')}] does not broadcast to [${to.join(', ')}]`,
    'export the model again',
  );
}
