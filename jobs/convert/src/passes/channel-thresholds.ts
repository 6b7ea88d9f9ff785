import { limits } from '@dropforge/quantized-inference';
import { type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Activation } from './activation.ts';
import { type Cuts, foldThresholds } from './thresholds.ts';

/** The activation of one layer. */
export interface LayerThresholds {
  readonly activationBits: number;
  /** [channels, 2^activationBits - 1]. */
  readonly thresholds: Int32Array;
  /** Channels whose integers have to change sign. */
  readonly negated: readonly number[];
  /** The highest level that occurs. */
  readonly maximum: number;
}

/**
 * Folds what the integers of `activation` mean and the cuts of its channels, equally many each, into thresholds.
 * `limit`: one more than the largest integer. Refuses more levels than a layer can write.
 */
export function channelThresholds(
  node: OnnxNode,
  { memory: { channels }, meaning }: Activation,
  cuts: readonly Cuts[],
  limit: number,
): LayerThresholds {
  const maximum = cuts[0]?.cuts.length ?? 0;
  const activationBits = Math.max(1, Math.ceil(Math.log2(maximum + 1)));
  if (activationBits > limits.activationBits) {
    throw refuse(
      'UNSUPPORTED_QUANTIZER',
      node,
      `activations of ${activationBits} bits`,
      `quantize activations to at most ${limits.activationBits} bits`,
    );
  }
  const slots = 2 ** activationBits - 1;
  const thresholds = new Int32Array(channels * slots).fill(limit); // unused slots are never reached
  const negated: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const folded = foldThresholds(meaning, channel, cuts[channel] ?? { step: 1, cuts: [] }, limit);
    thresholds.set(folded.thresholds, channel * slots);
    if (folded.negate) negated.push(channel);
  }
  return { activationBits, thresholds, negated, maximum };
}
