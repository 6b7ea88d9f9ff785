import { floatAttribute, refuse } from '../../frontend/graph.ts';
import { clampedMeaning } from '../activation.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';

/** Relu and Clip before a quantizer: bounds on the value, which the thresholds absorb. */
export const clamp: Rule = {
  matches: ({ operator }) => operator === 'Relu' || operator === 'Clip',
  rewrite(step) {
    const { low, high } = step.operator === 'Relu' ? { low: 0, high: Number.POSITIVE_INFINITY } : bounds(step);
    if (!(low <= high)) throw refuse('NOT_FINITE', step.node, 'its bounds are out of order', 'set min below max');
    return { ...step.activation, meaning: clampedMeaning(step.activation.meaning, low, high) };
  },
};

/** Clip-6 has attributes, Clip-11 and later optional inputs. */
function bounds(step: Step): { low: number; high: number } {
  const read = (index: number, name: string, fallback: number): number =>
    step.node.inputs[index]
      ? (constantInput(step, index).values[0] ?? Number.NaN)
      : floatAttribute(step.node, name, fallback);
  return { low: read(1, 'min', Number.NEGATIVE_INFINITY), high: read(2, 'max', Number.POSITIVE_INFINITY) };
}
