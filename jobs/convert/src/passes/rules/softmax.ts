import type { Rule } from '../rule.ts';

/** A last Softmax only turns logits into probabilities, which the model's logit scale does for display. */
export const softmax: Rule = {
  matches: ({ operator, isLast }) => isLast && (operator === 'Softmax' || operator === 'LogSoftmax'),
  rewrite: ({ activation }) => activation,
};
