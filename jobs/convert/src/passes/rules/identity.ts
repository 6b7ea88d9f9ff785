import type { Rule } from '../rule.ts';

const OPERATORS = new Set(['Identity', 'Dropout', 'Cast']);

/** Nodes that do nothing to an activation in inference. */
export const identity: Rule = {
  matches: ({ operator }) => OPERATORS.has(operator),
  rewrite: ({ activation }) => activation,
};
