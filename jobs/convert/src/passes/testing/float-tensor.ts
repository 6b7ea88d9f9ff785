import type { OnnxNode } from '../../frontend/graph.ts';

/** A tensor of the direct evaluation, row-major, float64. */
export interface FloatTensor {
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

/** Applies `operate` to `x` and what `others` hold at the same place, broadcast to the shape of `x`, as NumPy does. */
export function broadcast(
  x: FloatTensor,
  others: readonly FloatTensor[],
  operate: (value: number, ...others: number[]) => number,
): FloatTensor {
  const values = x.values.map((value, index) => operate(value, ...others.map((other) => at(other, x.dims, index))));
  return { dims: x.dims, values };
}

/** The value of a broadcast tensor at the place that has `index` in a tensor of the shape `dims`. */
function at(tensor: FloatTensor, dims: readonly number[], index: number): number {
  let offset = 0;
  let stride = 1;
  let rest = index;
  for (let axis = 1; axis <= dims.length; axis++) {
    const own = tensor.dims.at(-axis) ?? 1;
    const dim = dims.at(-axis) ?? 1;
    if (axis <= tensor.dims.length && own > 1) offset += (rest % dim) * stride;
    if (axis <= tensor.dims.length) stride *= own;
    rest = Math.floor(rest / dim);
  }
  return tensor.values[offset] ?? Number.NaN;
}

/** The same numbers along axis 1 of a tensor with `rank` axes. */
export function alongChannels({ values }: FloatTensor, rank: number): FloatTensor {
  return { dims: [values.length, ...new Array<number>(rank - 2).fill(1)], values };
}

export function integer(node: OnnxNode, name: string, fallback = 0): number {
  return node.attributes.get(name)?.integer ?? fallback;
}

export function integers(node: OnnxNode, name: string, fallback: readonly number[]): readonly number[] {
  return node.attributes.get(name)?.integers ?? fallback;
}

export function float(node: OnnxNode, name: string, fallback: number): number {
  return node.attributes.get(name)?.float ?? fallback;
}
