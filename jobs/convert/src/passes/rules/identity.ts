import { integerAttribute, refuse } from '../../frontend/graph.ts';
import { FLOATING_TYPES } from '../../frontend/operators/cast.ts';
import type { Rule } from '../rule.ts';

const OPERATORS = new Set(['Identity', 'Dropout', 'Cast']);

/** Nodes that do nothing to an activation in inference. */
export const identity: Rule = {
  matches: ({ operator }) => OPERATORS.has(operator),
  rewrite({ node, operator, activation }) {
    if (operator !== 'Cast' || FLOATING_TYPES.has(integerAttribute(node, 'to', 1))) return activation;
    throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'it casts an activation to integers', 'use Quant instead');
  },
};
