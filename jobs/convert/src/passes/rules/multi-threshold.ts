import { type Constant, floatAttribute, refuse, textAttribute } from '../../frontend/graph.ts';
import { plainMeaning } from '../activation.ts';
import { perChannel } from '../per-channel.ts';
import { quantize } from '../quantize.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';
import type { Cuts } from '../thresholds.ts';

/**
 * MultiThreshold: `out_scale * #{k : x >= T[c, k]} + out_bias`, thresholds [C or 1, n].
 * Source: https://github.com/fastmachinelearning/qonnx/blob/main/docs/qonnx-custom-ops/multithreshold.md
 */
export const multiThreshold: Rule = {
  matches: ({ operator, position }) => operator === 'quantizer.MultiThreshold' && position === 0,
  rewrite(step, layers) {
    const { node, activation } = step;
    const scale = floatAttribute(node, 'out_scale', 1);
    const bias = floatAttribute(node, 'out_bias', 0);
    if (!(scale > 0 && Number.isFinite(scale) && Number.isFinite(bias))) {
      throw refuse('UNSUPPORTED_QUANTIZER', node, `out_scale is ${scale}`, 'use a positive, finite out_scale');
    }
    const meaning = plainMeaning(activation.memory.channels, scale, bias);
    return quantize(node, activation, cutsOf(step), meaning, layers);
  },
};

function cutsOf(step: Step): Cuts[] {
  const { node, activation } = step;
  const constant = constantInput(step, 1);
  const [rows = 0, count = 0] = constant.dims;
  if (constant.dims.length !== 2 || count < 1 || count > 255) {
    throw refuse('SHAPE_MISMATCH', node, 'its thresholds are not [channels, count]', 'export the model again');
  }
  const trailing = textAttribute(node, 'data_layout', 'NCHW') === 'NHWC' ? 0 : Math.max(activation.shape.length - 2, 0);
  const dims = [rows, ...new Array<number>(trailing).fill(1)];
  const columns = Array.from({ length: count }, (_, column): Float64Array => {
    const values = Float64Array.from({ length: rows }, (__, row) => constant.values[row * count + column] ?? 0);
    return perChannel(node, activation, { dims, values, integer: false } satisfies Constant);
  });
  return Array.from({ length: activation.memory.channels }, (_, channel) => {
    const cuts = columns.map((column) => column[channel] ?? Number.NaN);
    if (cuts.some((cut, index) => cut < (cuts[index - 1] ?? cut))) {
      throw refuse('UNSUPPORTED_QUANTIZER', node, 'its thresholds decrease', 'sort the thresholds of each channel');
    }
    return { step: 1, cuts: cuts.map((at) => ({ at, inclusive: true })) };
  });
}
