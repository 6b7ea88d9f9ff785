import { type Constant, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { type Activation, affineMeaning } from '../activation.ts';
import { perChannel } from '../per-channel.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';

const OPERATORS = new Set(['Add', 'Sub', 'Mul', 'Div', 'Neg']);

/** Add, Sub, Mul, Div by a constant, and Neg: they change what the integers mean, not the integers. */
export const affine: Rule = {
  matches: ({ operator }) => OPERATORS.has(operator),
  rewrite(step) {
    const { node, activation } = step;
    const other = step.operator === 'Neg' ? MINUS_ONE : constantInput(step, 1 - step.position);
    const values = perChannel(node, activation, other);
    const { factor, term } = coefficients(step, values);
    return withAffine(node, activation, factor, term);
  },
};

const MINUS_ONE: Constant = { dims: [], values: Float64Array.of(-1), integer: false };

/** Applies `factor * value + term` to the activation; max pooling commutes only with rising functions. */
export function withAffine(
  node: OnnxNode,
  activation: Activation,
  factor: Float64Array,
  term: Float64Array,
): Activation {
  if (![...factor, ...term].every(Number.isFinite)) {
    throw refuse('NOT_FINITE', node, 'its coefficients are not finite', 'check the training run for divergence');
  }
  const { integers } = activation;
  if (integers.kind === 'accumulator' && integers.pools.length > 0 && factor.some((value) => value < 0)) {
    throw refuse(
      'NOT_MONOTONE',
      node,
      'a negative factor follows max pooling',
      'place max pooling behind the activation quantizer',
    );
  }
  return { ...activation, meaning: affineMeaning(activation.meaning, factor, term) };
}

/** The activation is input 0 or 1; subtraction and division tell them apart. */
function coefficients(
  { node, operator, position }: Step,
  values: Float64Array,
): { factor: Float64Array; term: Float64Array } {
  const ones = values.map(() => 1);
  const zeros = values.map(() => 0);
  switch (operator) {
    case 'Add':
      return { factor: ones, term: values };
    case 'Sub':
      return position === 0
        ? { factor: ones, term: values.map((value) => -value) }
        : { factor: ones.map(() => -1), term: values };
    case 'Div':
      if (position === 0) return { factor: values.map((value) => 1 / value), term: zeros };
      throw refuse('NOT_MONOTONE', node, 'it divides by an activation', 'divide by a constant');
    default:
      return { factor: values, term: zeros };
  }
}
