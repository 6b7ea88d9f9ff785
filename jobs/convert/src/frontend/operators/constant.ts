import { type Constant, type OnnxNode, refuse } from '../graph.ts';
import { checkedElements, integerList, required } from './evaluator.ts';

/** Constant: a tensor, a number or a list, in one of its attributes. */
export function evaluateConstant(node: OnnxNode): Constant {
  const tensor = node.attributes.get('value')?.tensor;
  if (tensor) return tensor;
  const float = node.attributes.get('value_float')?.float;
  if (float !== undefined) return { dims: [], values: Float64Array.of(float), integer: false };
  const integer = node.attributes.get('value_int')?.integer;
  if (integer !== undefined) return { dims: [], values: Float64Array.of(integer), integer: true };
  const floats = node.attributes.get('value_floats')?.floats;
  if (floats) return { dims: [floats.length], values: Float64Array.from(floats), integer: false };
  const integers = node.attributes.get('value_ints')?.integers;
  if (integers) return { dims: [integers.length], values: Float64Array.from(integers), integer: true };
  throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'the constant is not a number or a dense tensor', 'store it as a tensor');
}

/** ConstantOfShape: one value everywhere. */
export function evaluateConstantOfShape(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const dims = integerList(node, required(node, inputs, 0));
  const fill = node.attributes.get('value')?.tensor;
  const values = new Float64Array(checkedElements(node, dims)).fill(fill?.values[0] ?? 0);
  return { dims, values, integer: fill?.integer ?? false };
}
