import { floatAttribute, refuse, textAttribute } from '../../frontend/graph.ts';
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
  const indices = Float64Array.from({ length: rows }, (_, row) => row);
  const rowOf = perChannel(node, activation, { dims, values: indices, integer: true });
  return Array.from(rowOf, (row) => {
    const thresholds = Array.from(constant.values.subarray(row * count, (row + 1) * count));
    if (!thresholds.every(Number.isFinite)) {
      throw refuse('NOT_FINITE', node, 'a threshold is not a finite number', 'check the training run for divergence');
    }
    if (thresholds.some((threshold, index) => threshold < (thresholds[index - 1] ?? threshold))) {
      throw refuse('UNSUPPORTED_QUANTIZER', node, 'its thresholds decrease', 'sort the thresholds of each channel');
    }
    return { step: 1, cuts: thresholds.map((at) => ({ at, inclusive: true })) };
  });
}
