import type { Constant, OnnxNode } from '../graph.ts';
import { refuse } from '../graph.ts';
import { broadcastStrides, gatherOffsets, picked, required } from './evaluator.ts';
import { uniformQuantizer } from './quantizer.ts';

/** Biases, which have one axis, are quantized to the width of sums. */
const BIAS_BITS = 32;

/** Quant over a constant: the integer levels of a weight tensor and the scale of each. */
export function evaluateQuant(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const data = required(node, inputs, 0);
  const quantizer = uniformQuantizer(node, inputs, data.dims.length <= 1 ? BIAS_BITS : undefined);
  const { lowest, highest, rounding, bipolar } = quantizer;
  const spread = (parameter: Constant): Float64Array =>
    picked(parameter, data.dims, gatherOffsets(data.dims, broadcastStrides(node, parameter.dims, data.dims))).values;
  const scales = spread(quantizer.scale);
  const zeroPoints = spread(quantizer.zeroPoint);
  const levels = data.values.map((value, index) => {
    const zeroPoint = zeroPoints[index] ?? 0;
    const exact = value / (scales[index] ?? 1) + zeroPoint;
    if (!Number.isFinite(exact)) {
      throw refuse('NOT_FINITE', node, 'it quantizes a value that is not finite', 'check the training run');
    }
    if (bipolar) return exact >= 0 ? 1 : -1;
    return Math.min(Math.max(rounding.round(exact), lowest), highest) - zeroPoint;
  });
  const values = levels.map((level, index) => level * (scales[index] ?? 1));
  return { dims: data.dims, values, integer: false, quantized: { levels, scales, bipolar } };
}
