import { type Constant, type OnnxNode, refuse } from '../frontend/graph.ts';

/** Most weights that one layer may have once its groups, or what it repeats, are spelled out. */
export const MAXIMUM_WEIGHTS = 16 * 1024 * 1024;

/** A weight tensor as integers, with one scale per row (output channel). */
export interface QuantizedWeights {
  /** [outputs, rest] in the order of the constant. */
  readonly levels: Int8Array;
  /** [outputs], positive. */
  readonly scales: Float64Array;
  readonly bipolar: boolean;
}

/** Reads a constant whose first axis is the output channel. Refused when it is not quantized to 8 bits or fewer. */
export function quantizedWeights(node: OnnxNode, constant: Constant): QuantizedWeights {
  const { quantized, dims } = constant;
  const outputs = dims[0] ?? 0;
  if (!quantized || quantized.levels.length === 0) {
    throw refuse(
      'NOT_QUANTIZED',
      node,
      'its weights are real numbers',
      'put the weights through BipolarQuant, or Quant with 8 bits or fewer',
    );
  }
  if (!quantized.levels.every((level) => level >= -128 && level <= 127)) {
    throw refuse('OUT_OF_RANGE', node, 'weights exceed 8 signed bits', 'quantize weights with signed=1, zero point 0');
  }
  const taps = quantized.levels.length / outputs;
  const scales = new Float64Array(outputs);
  for (const [index, scale] of quantized.scales.entries()) {
    const output = Math.floor(index / taps);
    if (index % taps !== 0 && scale !== scales[output]) {
      throw refuse(
        'SCALE_NOT_UNIFORM',
        node,
        'the scale of its weights differs within one output channel',
        'use one weight scale per tensor or per output channel',
      );
    }
    scales[output] = scale;
  }
  return { levels: Int8Array.from(quantized.levels), scales, bipolar: quantized.bipolar };
}
