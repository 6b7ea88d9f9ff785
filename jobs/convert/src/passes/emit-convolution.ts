import { type BitWeights, type ConvolutionLayer, limits } from '@dropforge/quantized-inference';
import { type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Accumulator, Activation } from './activation.ts';
import { fitLevels, sumsAsLevels } from './average-pool.ts';
import { channelThresholds } from './channel-thresholds.ts';
import { overPooled } from './over-pooled.ts';
import type { LayerList } from './rule.ts';
import type { Cuts } from './thresholds.ts';

const INT32_MAXIMUM = 2 ** 31 - 1;

/**
 * Writes the convolution layer that an accumulator and the quantizer behind it make, and the pools that commute
 * with the quantizer. `cuts[channel]`: all channels have equally many. Returns the number of the highest level.
 */
export function emitConvolution(
  node: OnnxNode,
  activation: Activation,
  cuts: readonly Cuts[],
  list: LayerList,
): number {
  if (activation.integers.kind !== 'accumulator') throw new Error('a convolution is made of an accumulator');
  const accumulator = overLevels(node, activation, activation.integers, list);
  const { channels } = activation.memory;
  const { activationBits, thresholds, negated, maximum } = channelThresholds(
    node,
    activation,
    cuts,
    accumulatorLimit(node, accumulator),
  );
  const weights = Int8Array.from(accumulator.weights);
  for (const channel of negated) negateChannel(node, weights, channel, weights.length / channels);
  list.push(convolutionLayer(accumulator, channels, weights, thresholds, activationBits, list));
  for (const pool of accumulator.pools) list.push({ ...pool, name: list.uniqueName('max_pool') });
  return maximum;
}

/** A multiplication of the sums of a whole image reads them as levels, or repeats its weights over the image. */
function overLevels(node: OnnxNode, activation: Activation, accumulator: Accumulator, list: LayerList): Accumulator {
  const { input, weights } = accumulator;
  if (input.kind !== 'sums') return accumulator;
  if (fitLevels(input)) {
    sumsAsLevels(node, activation, input, list);
    return { ...accumulator, input: { kind: 'levels', maximum: input.highest } };
  }
  return { ...accumulator, ...overPooled(node, input, accumulator, weights) };
}

function convolutionLayer(
  accumulator: Accumulator,
  outputChannels: number,
  weights: Int8Array,
  thresholds: Int32Array,
  activationBits: number,
  list: LayerList,
): ConvolutionLayer {
  const { name, kernel, stride, padding, paddingLevel, inputChannels, bipolar, input } = accumulator;
  const wide = input.kind === 'levels' && input.maximum >= 2 ** limits.bitPlanes;
  return {
    op: 'convolution',
    name: list.uniqueName(name),
    kernel,
    stride,
    padding,
    paddingLevel,
    inputChannels,
    outputChannels,
    weights: bipolar && !wide ? packBits(weights, outputChannels) : { format: 'int8', values: weights },
    activationBits,
    thresholds,
  };
}

/** max|acc| + 1 over the layer: taps times the largest weight times the largest input. */
function accumulatorLimit(node: OnnxNode, { weights, input, bipolar, kernel, inputChannels }: Accumulator): number {
  const largestInput = input.kind === 'levels' ? input.maximum : 128;
  const largestWeight = bipolar ? 1 : weights.includes(-128) ? 128 : 127;
  const limit = kernel * kernel * inputChannels * largestWeight * largestInput + 1;
  if (limit > INT32_MAXIMUM) throw refuse('OUT_OF_RANGE', node, 'sums exceed 32 bits', 'use fewer inputs per output');
  return limit;
}

function negateChannel(node: OnnxNode, weights: Int8Array, channel: number, taps: number): void {
  for (let tap = channel * taps; tap < (channel + 1) * taps; tap++) {
    const weight = weights[tap] ?? 0;
    if (weight === -128) {
      const action = 'quantize the weights with narrow=1 (-127 to 127)';
      throw refuse('OUT_OF_RANGE', node, 'a channel with a negative slope has the weight -128', action);
    }
    weights[tap] = -weight;
  }
}

/** Bit 1 = +1, little-endian bits, each channel from a new word. */
function packBits(weights: Int8Array, channels: number): BitWeights {
  const taps = weights.length / channels;
  const wordsPerChannel = Math.ceil(taps / 32);
  const words = new Uint32Array(channels * wordsPerChannel);
  for (const [index, weight] of weights.entries()) {
    if (weight < 0) continue;
    const tap = index % taps;
    const word = Math.floor(index / taps) * wordsPerChannel + (tap >> 5);
    words[word] = (words[word] ?? 0) | (1 << (tap & 31));
  }
  return { format: 'bits', words };
}
