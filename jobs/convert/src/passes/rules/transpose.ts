import { transposed } from '../../frontend/operators/transpose.ts';
import type { Rule } from '../rule.ts';

/** The axes change their order; where each element lies in memory is remembered. */
export const transpose: Rule = {
  matches: ({ operator }) => operator === 'Transpose',
  rewrite({ node, activation }) {
    const { dims, offsets } = transposed(node, activation.shape);
    return { ...activation, shape: dims, places: offsets.map((offset) => activation.places[offset] ?? 0) };
  },
};
