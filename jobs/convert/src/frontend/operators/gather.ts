import { type Constant, elementCount, integerAttribute, type OnnxNode, refuse } from '../graph.ts';
import { checkedElements, normalizedAxis, picked, required } from './evaluator.ts';

/** Gather on a constant: static shape arithmetic picks axes with it. */
export function evaluateGather(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const data = required(node, inputs, 0);
  const indices = required(node, inputs, 1);
  const axis = normalizedAxis(node, integerAttribute(node, 'axis', 0), data.dims.length);
  const outer = elementCount(data.dims.slice(0, axis));
  const inner = elementCount(data.dims.slice(axis + 1));
  const length = data.dims[axis] ?? 0;
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  const offsets = new Int32Array(checkedElements(node, dims));
  let at = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of indices.values) {
      const row = index < 0 ? index + length : index;
      if (!(row >= 0 && row < length)) {
        throw refuse('SHAPE_MISMATCH', node, `index ${index} is outside ${length}`, 'export the model again');
      }
      for (let item = 0; item < inner; item++) offsets[at++] = (block * length + row) * inner + item;
    }
  }
  return picked(data, dims, offsets);
}
