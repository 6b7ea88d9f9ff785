import { type Constant, elementCount, integerAttribute, type OnnxNode, refuse } from '../graph.ts';
import { checkedElements, normalizedAxis, required } from './evaluator.ts';

/** Concat of constants: static shape arithmetic builds target shapes with it. */
export function evaluateConcat(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const parts = inputs.map((_, index) => required(node, inputs, index));
  const first = required(node, inputs, 0);
  const axis = normalizedAxis(node, integerAttribute(node, 'axis', 0), first.dims.length);
  const outer = first.dims.slice(0, axis);
  const inner = first.dims.slice(axis + 1);
  for (const { dims } of parts) {
    const frame = [...dims.slice(0, axis), ...dims.slice(axis + 1)];
    if (dims.length !== first.dims.length || frame.join() !== [...outer, ...inner].join()) {
      throw refuse('SHAPE_MISMATCH', node, 'the parts differ outside the joined axis', 'export the model again');
    }
  }
  const joined = parts.reduce((sum, part) => sum + (part.dims[axis] ?? 0), 0);
  const dims = [...outer, joined, ...inner];
  const values = new Float64Array(checkedElements(node, dims));
  const blocks = elementCount(outer);
  let at = 0;
  for (let block = 0; block < blocks; block++) {
    for (const part of parts) {
      const size = part.values.length / blocks;
      values.set(part.values.subarray(block * size, (block + 1) * size), at);
      at += size;
    }
  }
  return { dims, values, integer: parts.every((part) => part.integer) };
}
