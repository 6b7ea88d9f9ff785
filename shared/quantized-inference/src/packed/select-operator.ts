/** Which kernel computes a convolution. */
import type { BitWeights, ConvolutionLayer } from '../model.ts';
import { tapCount } from '../operators/convolution.ts';
import type { PlannedLayer } from '../plan-layers.ts';

/** What the portable operators compute with. */
export type ConvolutionOperator =
  | { readonly kind: 'int8' }
  | { readonly kind: 'bits'; readonly words: BitWeights['words']; readonly inputBits: number };

/** Pixels are signed, so a first layer with binary weights is computed with int8 weights of +1 and -1. */
export function selectOperator({ inputBits }: PlannedLayer, layer: ConvolutionLayer): ConvolutionOperator {
  if (layer.weights.format === 'int8' || inputBits === null) return { kind: 'int8' };
  return { kind: 'bits', words: layer.weights.words, inputBits };
}

/** How a processor computes binary weights: by table lookup on groups of four channels, or on bit planes. */
export const kernelFamilies = ['groups', 'planes'] as const;
export type KernelFamily = (typeof kernelFamilies)[number];

/** A packed kernel of jobs/convert/runtime/src/df_packed_conv.h, or the portable operator where none can compute the layer. */
export type PackedKernel = KernelFamily | 'bytes' | 'portable';

const INT16_MAXIMUM = 2 ** 15 - 1;
const INT32_MAXIMUM = 2 ** 31 - 1;

export function selectPackedKernel(planned: PlannedLayer, layer: ConvolutionLayer, family: KernelFamily): PackedKernel {
  const { inputBits } = planned;
  if (layer.weights.format === 'bits' && inputBits !== null) {
    if (family === 'planes') return 'planes';
    // Table entries are sums of 2-bit levels, and the accumulators have 16 bits.
    if (inputBits <= 2 && 3 * tapCount(layer) + 1 <= INT16_MAXIMUM) return 'groups';
  }
  return 255 * largestWeightSum(layer) < INT32_MAXIMUM ? 'bytes' : 'portable';
}

/** A bound of any channel's sum of weight magnitudes. */
function largestWeightSum(layer: ConvolutionLayer): number {
  return tapCount(layer) * (layer.weights.format === 'bits' ? 1 : 128);
}
