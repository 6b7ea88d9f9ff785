import type { BitWeights, ConvolutionLayer, Int8Weights } from '@dropforge/quantized-inference';
import { type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Accumulator, Activation } from './activation.ts';
import type { LayerList } from './rule.ts';
import { type Cuts, foldThresholds } from './thresholds.ts';

/** Most bits per activation that the kernels hold. */
const MAXIMUM_ACTIVATION_BITS = 4;
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
  const { integers: accumulator, memory, meaning } = activation;
  if (accumulator.kind !== 'accumulator') throw unquantizable(node, activation);
  if (accumulator.averaged || accumulator.input.kind === 'sums') {
    throw refuse(
      'UNSUPPORTED_QUANTIZER',
      node,
      'a quantizer follows global pooling',
      'leave the values between global pooling and the output unquantized',
    );
  }
  const maximum = cuts[0]?.cuts.length ?? 0;
  const bits = Math.max(1, Math.ceil(Math.log2(maximum + 1)));
  if (bits > MAXIMUM_ACTIVATION_BITS) {
    throw refuse(
      'UNSUPPORTED_QUANTIZER',
      node,
      `activations of ${bits} bits`,
      `quantize activations to at most ${MAXIMUM_ACTIVATION_BITS} bits`,
    );
  }
  const limit = accumulatorLimit(node, accumulator);
  const slots = 2 ** bits - 1;
  const weights = Int8Array.from(accumulator.weights);
  const thresholds = new Int32Array(memory.channels * slots).fill(limit); // unused slots are never reached
  for (let channel = 0; channel < memory.channels; channel++) {
    const folded = foldThresholds(meaning, channel, cuts[channel] ?? { step: 1, cuts: [] }, limit);
    thresholds.set(folded.thresholds, channel * slots);
    if (folded.negate) negateChannel(node, weights, channel, weights.length / memory.channels);
  }
  list.push(convolutionLayer(accumulator, memory.channels, weights, thresholds, bits, list));
  for (const pool of accumulator.pools) list.push({ ...pool, name: list.uniqueName('max_pool') });
  return maximum;
}

function convolutionLayer(
  accumulator: Accumulator,
  outputChannels: number,
  weights: Int8Array,
  thresholds: Int32Array,
  activationBits: number,
  list: LayerList,
): ConvolutionLayer {
  const { name, kernel, stride, padding, inputChannels, bipolar } = accumulator;
  return {
    op: 'convolution',
    name: list.uniqueName(name),
    kernel,
    stride,
    padding,
    paddingLevel: 0,
    inputChannels,
    outputChannels,
    weights: bipolar ? packBits(weights, outputChannels) : ({ format: 'int8', values: weights } satisfies Int8Weights),
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

function unquantizable(node: OnnxNode, { integers }: Activation): Error {
  const what = integers.kind === 'sums' ? 'pooled values' : 'values that no multiplication produced';
  const action = 'quantize the output of a convolution or a fully connected layer only';
  return refuse('UNSUPPORTED_QUANTIZER', node, `it quantizes ${what}`, action);
}
