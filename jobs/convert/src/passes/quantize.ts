import { type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Activation, Meaning } from './activation.ts';
import { averagedSums, emitAveragePool } from './average-pool.ts';
import { copied } from './copy-layer.ts';
import { emitConvolution } from './emit-convolution.ts';
import type { LayerList } from './rule.ts';
import type { Cuts } from './thresholds.ts';

/**
 * Writes the layer that a quantizer makes of what it reads, and returns its levels. An accumulator becomes a convolution,
 * sums an average-pool; pixels pass through a convolution that only compares them, and levels through a pool of one pixel.
 * `cuts[channel]`: all channels have equally many. `meaning`: the real values of the levels.
 */
export function quantize(
  node: OnnxNode,
  activation: Activation,
  cuts: readonly Cuts[],
  meaning: Meaning,
  layers: LayerList,
): Activation {
  const maximum = emitLayer(node, activation, cuts, layers);
  return { ...activation, meaning, integers: { kind: 'levels', maximum } };
}

function emitLayer(node: OnnxNode, activation: Activation, cuts: readonly Cuts[], layers: LayerList): number {
  const { integers, memory } = activation;
  switch (integers.kind) {
    case 'pixels':
      return emitConvolution(node, copied(activation, integers), cuts, layers);
    case 'accumulator':
      if (!integers.averaged) return emitConvolution(node, activation, cuts, layers);
      throw refuse(
        'UNSUPPORTED_QUANTIZER',
        node,
        'a quantizer follows the average of values that are not quantized',
        'quantize before the average as well',
      );
    case 'sums':
      return emitAveragePool(node, activation, integers, cuts, layers);
    case 'levels':
      return emitAveragePool(node, activation, averagedSums(integers, memory, { kernel: 1, stride: 1 }), cuts, layers);
  }
}
