import { type Constant, integersAttribute, type OnnxNode, refuse } from '../graph.ts';
import { gatherOffsets, picked, required, stridesOf } from './evaluator.ts';

/** Transpose of a constant (weights that an exporter stored the other way round). */
export function evaluateTranspose(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const data = required(node, inputs, 0);
  const { dims, offsets } = transposed(node, data.dims);
  return picked(data, dims, offsets);
}

/** The shape after the transpose, and for each of its elements the offset in the tensor before it. */
export function transposed(node: OnnxNode, from: readonly number[]): { dims: number[]; offsets: Int32Array } {
  const permutation = integersAttribute(
    node,
    'perm',
    from.map((_, axis) => from.length - 1 - axis),
  );
  const sound = permutation.length === from.length && new Set(permutation).size === from.length;
  if (!sound || permutation.some((axis) => !(axis >= 0 && axis < from.length))) {
    throw refuse(
      'SHAPE_MISMATCH',
      node,
      `perm [${permutation.join(', ')}] does not permute ${from.length} axes`,
      'export the model again',
    );
  }
  const strides = stridesOf(from);
  const dims = permutation.map((axis) => from[axis] ?? 1);
  return {
    dims,
    offsets: gatherOffsets(
      dims,
      permutation.map((axis) => strides[axis] ?? 0),
    ),
  };
}
