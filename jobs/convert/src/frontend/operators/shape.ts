import { type Constant, integerAttribute, type OnnxNode } from '../graph.ts';
import { required } from './evaluator.ts';

/** Shape of a constant. */
export function evaluateShape(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  return shapeConstant(node, required(node, inputs, 0).dims);
}

/** The value of a Shape node whose input has the shape `dims` (Shape-15 may ask for a part of it). */
export function shapeConstant(node: OnnxNode, dims: readonly number[]): Constant {
  const shape = dims.slice(integerAttribute(node, 'start', 0), integerAttribute(node, 'end', dims.length));
  return { dims: [shape.length], values: Float64Array.from(shape), integer: true };
}
