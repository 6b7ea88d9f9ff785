import { limits } from '@dropforge/quantized-inference';
import { type OnnxNode, refuse } from '../frontend/graph.ts';
import { type Activation, type Levels, MAXIMUM_LEVEL, type Memory, type Sums } from './activation.ts';
import { channelThresholds } from './channel-thresholds.ts';
import type { LayerList } from './rule.ts';
import type { Cuts } from './thresholds.ts';

/** The sums of square windows of `image`. */
export function averagedSums({ maximum }: Levels, image: Memory, window: NonNullable<Sums['window']>): Sums {
  const { kernel } = window;
  const whole = kernel === image.height && kernel === image.width;
  return { kind: 'sums', image, maximum, window, highest: kernel * kernel * maximum, whole };
}

/** Writes sums and the quantizer behind them as one layer. Returns the number of the highest level. */
export function emitAveragePool(
  node: OnnxNode,
  activation: Activation,
  sums: Sums,
  cuts: readonly Cuts[],
  layers: LayerList,
): number {
  const { activationBits, thresholds, negated, maximum } = channelThresholds(node, activation, cuts, sums.highest + 1);
  if (negated.length > 0) {
    throw refuse(
      'NOT_MONOTONE',
      node,
      'a negative factor stands between it and the quantizer before',
      'keep factors behind an average or a quantizer positive',
    );
  }
  pushPool(node, sums, activationBits, thresholds, layers);
  return maximum;
}

/** True when the sums themselves fit into levels, so that a layer can hold them. */
export function fitLevels({ highest, window }: Sums): boolean {
  return highest <= MAXIMUM_LEVEL && window !== undefined && window.kernel <= limits.kernel;
}

/** Writes the sums as levels of their own. The caller has asked `fitLevels`. */
export function sumsAsLevels(node: OnnxNode, activation: Activation, sums: Sums, layers: LayerList): Activation {
  const { highest, image } = sums;
  const activationBits = Math.max(1, Math.ceil(Math.log2(highest + 1)));
  const slots = 2 ** activationBits - 1;
  const thresholds = Int32Array.from({ length: image.channels * slots }, (_, index) => (index % slots) + 1);
  pushPool(node, sums, activationBits, thresholds, layers);
  return { ...activation, integers: { kind: 'levels', maximum: highest } };
}

function pushPool(
  node: OnnxNode,
  { window, image }: Sums,
  activationBits: number,
  thresholds: Int32Array,
  layers: LayerList,
): void {
  if (window === undefined || window.kernel > limits.kernel || window.stride > limits.stride) {
    throw refuse(
      'UNSUPPORTED_ATTRIBUTE',
      node,
      `it needs the average of ${image.height} by ${image.width} pixels`,
      `average square windows of up to ${limits.kernel} pixels, in steps of up to ${limits.stride}`,
    );
  }
  const name = layers.uniqueName('average_pool');
  layers.push({ op: 'average-pool', name, ...window, inputChannels: image.channels, activationBits, thresholds });
}
