import type { Constant, OnnxNode } from '../graph.ts';
import { refuse } from '../graph.ts';
import { broadcastStrides, gatherOffsets, picked, required } from './evaluator.ts';
import { positiveScale } from './quantizer.ts';

/**
 * BipolarQuant over a constant: the sign of each weight (zero counts as +1) times a scale.
 * Source: https://github.com/fastmachinelearning/qonnx/blob/main/docs/qonnx-custom-ops/bipolar_quant_op.md
 */
export function evaluateBipolarQuant(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const data = required(node, inputs, 0);
  const scale = positiveScale(node, required(node, inputs, 1));
  const offsets = gatherOffsets(data.dims, broadcastStrides(node, scale.dims, data.dims));
  const scales = picked(scale, data.dims, offsets).values;
  const levels = data.values.map((value) => {
    if (Number.isNaN(value)) throw refuse('NOT_FINITE', node, 'a weight is not a number', 'check the training run');
    return value >= 0 ? 1 : -1;
  });
  const values = levels.map((level, index) => level * (scales[index] ?? 1));
  return { dims: data.dims, values, integer: false, quantized: { levels, scales, bipolar: true } };
}
