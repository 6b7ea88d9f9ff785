/** Which operator of the runtime computes a convolution, and with which weights. */
import { type BitWeights, type ConvolutionLayer, type PlannedLayer, tapCount } from '@dropforge/quantized-inference';

export type ConvolutionOperator =
  | { readonly kind: 'int8' }
  | {
      readonly kind: 'bits';
      readonly words: BitWeights['words'];
      readonly inputBits: number;
      /** One more than the largest accumulator where the table-lookup kernel can compute the layer, else null. */
      readonly nibbleLimit: number | null;
    };

/** Pixels are signed, so a first layer with binary weights is computed with int8 weights of +1 and -1. */
export function selectOperator({ inputBits }: PlannedLayer, layer: ConvolutionLayer): ConvolutionOperator {
  if (layer.weights.format === 'int8' || inputBits === null) return { kind: 'int8' };
  const limit = tapCount(layer) * (2 ** inputBits - 1) + 1;
  // The kernel looks up 2-bit levels and compares `accumulator > threshold - 1` in int16.
  const fits = inputBits <= 2 && limit <= 2 ** 15 - 1;
  return { kind: 'bits', words: layer.weights.words, inputBits, nibbleLimit: fits ? limit : null };
}
