import { integersAttribute, refuse } from '../../frontend/graph.ts';
import { integerList } from '../../frontend/operators/evaluator.ts';
import type { Rule } from '../rule.ts';

/** Pad by nothing, which PyTorch writes in front of every average pool. Its pads are an input since Pad-11. */
export const pad: Rule = {
  matches: ({ operator, position }) => operator === 'Pad' && position === 0,
  rewrite({ node, activation, constants: [, pads] }) {
    const amounts = pads ? integerList(node, pads) : integersAttribute(node, 'pads', []);
    if (amounts.every((amount) => amount === 0)) return activation;
    throw refuse('UNSUPPORTED_OPERATOR', node, 'it pads', 'give the padding to the convolution (its pads attribute)');
  },
};
