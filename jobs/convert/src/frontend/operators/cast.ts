import { type Constant, integerAttribute, type OnnxNode } from '../graph.ts';
import { required } from './evaluator.ts';

/** TensorProto.DataType of the floating-point types: float, float16, double, bfloat16. */
export const FLOATING_TYPES: ReadonlySet<number> = new Set([1, 10, 11, 16]);

/** Cast: to an integer type it truncates; between floating-point types the value stays (float64 holds them all). */
export function evaluateCast(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const data = required(node, inputs, 0);
  if (FLOATING_TYPES.has(integerAttribute(node, 'to', 1))) return { ...data, integer: false };
  return { dims: data.dims, values: data.values.map(Math.trunc), integer: true };
}
