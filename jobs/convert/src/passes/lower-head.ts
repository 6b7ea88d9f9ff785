import { type HeadLayer, limits } from '@dropforge/quantized-inference';
import { ConversionError, type ConversionErrorCode } from '../frontend/conversion-error.ts';
import { type Accumulator, type Activation, isUnclamped, uniformScale } from './activation.ts';
import { copied } from './copy-layer.ts';
import type { LayerList } from './rule.ts';

/** Logits as integers, and the one factor that makes them real numbers again. */
export interface LoweredHead {
  readonly classes: number;
  readonly logitScale: number;
}

const INT32_MAXIMUM = 2 ** 31 - 1;

/**
 * Writes the head: `logit_j = Σ w_jc · (Σ pixels q_c) + round(b_j / s)`, `s` the one scale of all logits.
 * A head that reads a whole map of levels, not their average, gets a space-to-depth in front that makes it one pixel.
 */
export function lowerHead(output: Activation, layers: LayerList): LoweredHead {
  const activation = quantizedLogits(output);
  const { integers, memory, places, meaning } = activation;
  if (integers.kind !== 'accumulator') throw unfit('', 'the output is not that of a multiplication', LAST_LAYER);
  const single = memory.height === 1 && memory.width === 1;
  if (!single || places.length !== memory.channels) {
    throw unfit(integers.name, 'the output is a map, not one number per class', LAST_LAYER);
  }
  if (integers.pools.length > 0 || !isUnclamped(activation)) {
    throw unfit(integers.name, 'the logits are pooled by maximum or clamped', 'end the graph at the logits');
  }
  const scale = uniformScale(meaning);
  if (scale === undefined || scale === 0) {
    const action =
      'use one weight scale for the last layer and no normalization behind it, or quantize the logits with one scale';
    throw unfit(integers.name, 'the logits of the classes have different scales', action, 'SCALE_NOT_UNIFORM');
  }
  const inputChannels = headInput(integers, layers);
  layers.push(headLayer(activation, integers, scale, inputChannels, layers));
  return { classes: memory.channels, logitScale: Math.abs(scale) };
}

/** Logits that a quantizer has made levels are copied by a head of ones; its bias gives them their sign. */
function quantizedLogits(output: Activation): Activation {
  const { integers, memory } = output;
  const few = memory.height === 1 && memory.width === 1 && memory.channels <= limits.classes;
  return integers.kind === 'levels' && few ? copied(output, integers) : output;
}

const LAST_LAYER = 'end with GlobalAveragePool, Flatten and a Gemm or MatMul with quantized weights';

/** Channels that the head reads, after a space-to-depth if its window spans more than one pixel. */
function headInput(accumulator: Accumulator, layers: LayerList): number {
  const { kernel, inputChannels, input, averaged, coversInput, name } = accumulator;
  if (input.kind === 'pixels') throw pixelHead(accumulator);
  if (input.kind === 'sums' || averaged) return inputChannels;
  if (!coversInput) throw unfit(name, 'the last layer does not read the whole map', LAST_LAYER);
  if (kernel === 1) return inputChannels;
  layers.push({ op: 'space-to-depth', name: layers.uniqueName('flatten'), block: kernel });
  return kernel * kernel * inputChannels;
}

function headLayer(
  { places, meaning }: Activation,
  { name, weights }: Accumulator,
  scale: number,
  inputChannels: number,
  layers: LayerList,
): HeadLayer {
  const classes = places.length;
  const values = new Int8Array(classes * inputChannels);
  const bias = new Int32Array(classes);
  for (const [label, channel] of places.entries()) {
    for (let input = 0; input < inputChannels; input++) {
      const weight = weights[channel * inputChannels + input] ?? 0;
      if (scale < 0 && weight === -128) throw unfit(name, 'a negated weight is -128', 'quantize with narrow=1');
      values[label * inputChannels + input] = scale < 0 ? -weight : weight;
    }
    const rounded = Math.round((meaning.offset[channel] ?? 0) / Math.abs(scale));
    if (!(Math.abs(rounded) <= INT32_MAXIMUM)) {
      throw unfit(name, 'a bias exceeds 32 bits in steps of the logits', 'check the training run', 'OUT_OF_RANGE');
    }
    bias[label] = rounded;
  }
  return { op: 'head', name: layers.uniqueName(name), inputChannels, weights: values, bias };
}

function pixelHead({ name }: Accumulator): ConversionError {
  return unfit(name, 'the last layer reads the pixels themselves', 'use at least one quantized layer before the last');
}

function unfit(
  node: string,
  what: string,
  action: string,
  code: ConversionErrorCode = 'UNSUPPORTED_HEAD',
): ConversionError {
  return new ConversionError(code, { what, action, node });
}
