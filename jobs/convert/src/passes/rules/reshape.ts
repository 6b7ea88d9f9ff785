import { reshapedDims } from '../../frontend/operators/reshape.ts';
import type { Rule } from '../rule.ts';

const OPERATORS = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

/** A new shape over the same elements: nothing moves until a layer asks for a layout. */
export const reshape: Rule = {
  matches: ({ operator }) => OPERATORS.has(operator),
  rewrite: ({ node, activation, constants }) => ({
    ...activation,
    shape: reshapedDims(node, activation.shape, constants[1]),
  }),
};
