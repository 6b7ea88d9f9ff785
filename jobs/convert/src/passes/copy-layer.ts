import { type Activation, type Levels, MAXIMUM_LEVEL, type Pixels } from './activation.ts';
import type { LayerList } from './rule.ts';

const NAME = 'input';

/**
 * Pixels or levels as the sums of a 1x1 convolution that copies them: a quantizer makes it a layer that compares pixels,
 * the output a head that hands out levels.
 */
export function copied(activation: Activation, input: Pixels | Levels): Activation {
  const { channels, height, width } = activation.memory;
  return {
    ...activation,
    integers: {
      kind: 'accumulator',
      name: input.kind === 'pixels' ? NAME : 'output',
      weights: copyWeights(channels),
      bipolar: false,
      kernel: 1,
      stride: 1,
      padding: 0,
      paddingLevel: 0,
      inputChannels: channels,
      input,
      coversInput: height === 1 && width === 1,
      pools: [],
      averaged: false,
    },
  };
}

/** The pixels as levels 0..255, for the layers that read nothing else and for padding that is not grey 128. */
export function pixelsAsLevels(activation: Activation, layers: LayerList): Activation {
  const { memory, meaning } = activation;
  const { channels } = memory;
  layers.push({
    op: 'convolution',
    name: layers.uniqueName(NAME),
    kernel: 1,
    stride: 1,
    padding: 0,
    paddingLevel: 0,
    inputChannels: channels,
    outputChannels: channels,
    weights: { format: 'int8', values: copyWeights(channels) },
    activationBits: 8,
    thresholds: Int32Array.from({ length: channels * MAXIMUM_LEVEL }, (_, index) => (index % MAXIMUM_LEVEL) - 127),
  });
  const offset = meaning.offset.map((value, channel) => value - 128 * (meaning.scale[channel] ?? 0));
  return { ...activation, meaning: { ...meaning, offset }, integers: { kind: 'levels', maximum: MAXIMUM_LEVEL } };
}

/** OHWI [channels, 1, 1, channels], ones on the diagonal. */
function copyWeights(channels: number): Int8Array {
  return new Int8Array(channels * channels).map((_, index) => (index % (channels + 1) === 0 ? 1 : 0));
}
