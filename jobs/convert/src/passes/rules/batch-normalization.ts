import { floatAttribute, integerAttribute, refuse } from '../../frontend/graph.ts';
import { alongChannelAxis, perChannel } from '../per-channel.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';
import { withAffine } from './affine.ts';

/**
 * BatchNormalization in inference: `γ (x − μ) / √(σ² + ε) + β` per channel.
 * Inputs: X, scale γ, B β, input_mean μ, input_var σ². Source: ONNX operator BatchNormalization-15.
 */
export const batchNormalization: Rule = {
  matches: ({ operator }) => operator === 'BatchNormalization',
  rewrite(step) {
    const { node, activation } = step;
    if (integerAttribute(node, 'training_mode', 0) !== 0) {
      throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'it is in training mode', 'export the model in evaluation mode');
    }
    const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => parameter(step, index));
    const epsilon = floatAttribute(node, 'epsilon', 1e-5);
    const factor = new Float64Array(activation.memory.channels);
    const term = new Float64Array(activation.memory.channels);
    for (const channel of factor.keys()) {
      const spread = (variance?.[channel] ?? Number.NaN) + epsilon;
      if (!(spread > 0)) {
        throw refuse('NOT_FINITE', node, 'a variance is not positive', 'recompute the statistics before the export');
      }
      const deviation = Math.sqrt(spread);
      const slope = gamma?.[channel] ?? Number.NaN;
      factor[channel] = slope / deviation;
      term[channel] = (beta?.[channel] ?? Number.NaN) - (slope * (mean?.[channel] ?? Number.NaN)) / deviation;
    }
    return withAffine(node, activation, factor, term);
  },
};

function parameter(step: Step, index: number): Float64Array {
  const vector = alongChannelAxis(step.node, step.activation, constantInput(step, index));
  return perChannel(step.node, step.activation, vector);
}
