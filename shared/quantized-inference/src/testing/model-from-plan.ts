/** A model with random weights from a short list of layers. */
import type { ConvolutionLayer, HeadLayer, IntegerModel, Layer } from '../model.ts';
import { MODEL_FORMAT } from '../model.ts';
import { type PlannedLayer, planLayers } from '../plan-layers.ts';
import { type RandomSource, randomSource } from './random-source.ts';

export interface ModelPlan {
  readonly input: { readonly height: number; readonly width: number; readonly channels: number };
  readonly layers: readonly LayerPlan[];
  readonly classes: number;
  readonly seed: number;
}

export type LayerPlan =
  | {
      op: 'convolution';
      channels: number;
      kernel: number;
      stride: number;
      padding: number;
      /** 0 when absent. */
      paddingLevel?: number;
      bits: number;
      weights: 'int8' | 'bits';
    }
  | { op: 'space-to-depth'; block: number }
  | { op: 'max-pool'; kernel: number; stride: number }
  | { op: 'average-pool'; kernel: number; stride: number; bits: number };

/** Throws ModelFileError when the plan's layers do not fit each other. */
export function modelFromPlan(plan: ModelPlan): IntegerModel {
  const random = randomSource(plan.seed);
  const input = { ...plan.input, zeroPoint: 128 } as const;
  const layers: Layer[] = [];
  let last: PlannedLayer | undefined;
  for (const [index, layerPlan] of plan.layers.entries()) {
    const name = `layer${index + 1}`;
    const previous = last ? { shape: last.output, bits: bitsAfter(layers) } : { shape: input, bits: null };
    layers.push(randomLayer(name, layerPlan, previous.shape.channels, previous.bits, random));
    last = planLayers({ input, layers }).at(-1);
  }
  layers.push(randomHead(last?.output.channels ?? input.channels, plan.classes, random));
  const classes = Array.from({ length: plan.classes }, (_, index) => `class ${index}`);
  return {
    format: MODEL_FORMAT,
    task: 'classification',
    classes,
    input,
    layers,
    logitScale: 0.01,
    record: { seed: plan.seed },
  };
}

function bitsAfter(layers: readonly Layer[]): number | null {
  return layers.reduce<number | null>(
    (bits, layer) => (layer.op === 'convolution' || layer.op === 'average-pool' ? layer.activationBits : bits),
    null,
  );
}

function randomLayer(
  name: string,
  plan: LayerPlan,
  inputChannels: number,
  inputBits: number | null,
  random: RandomSource,
): Layer {
  if (plan.op === 'convolution') return randomConvolution(name, plan, inputChannels, inputBits, random);
  if (plan.op !== 'average-pool') return { ...plan, name };
  const { op, kernel, stride, bits: activationBits } = plan;
  const largestSum = kernel * kernel * (2 ** (inputBits ?? 0) - 1);
  const thresholds = randomThresholds(inputChannels, 2 ** activationBits - 1, 0, largestSum, random);
  return { op, name, kernel, stride, inputChannels, activationBits, thresholds };
}

function randomConvolution(
  name: string,
  {
    channels: outputChannels,
    kernel,
    stride,
    padding,
    paddingLevel = 0,
    bits,
    weights,
  }: Extract<LayerPlan, { op: 'convolution' }>,
  inputChannels: number,
  inputBits: number | null,
  random: RandomSource,
): ConvolutionLayer {
  const taps = kernel * kernel * inputChannels;
  const shape = {
    op: 'convolution',
    name,
    kernel,
    stride,
    padding,
    paddingLevel,
    inputChannels,
    outputChannels,
  } as const;
  // The spread of a sum of independent terms, so that random levels are about evenly used.
  const inputSpread = inputBits === null ? 74 : 0.6 * (2 ** inputBits - 1);
  const spread = Math.sqrt(taps) * inputSpread * (weights === 'int8' ? 74 : 1);
  const thresholds = randomThresholds(outputChannels, 2 ** bits - 1, -spread, spread, random);
  return { ...shape, activationBits: bits, thresholds, weights: randomWeights(weights, outputChannels, taps, random) };
}

function randomWeights(
  format: 'int8' | 'bits',
  channels: number,
  taps: number,
  random: RandomSource,
): ConvolutionLayer['weights'] {
  if (format === 'int8') return { format, values: new Int8Array(channels * taps).map(() => random(256) - 128) };
  const wordsPerChannel = Math.ceil(taps / 32);
  const lastMask = taps % 32 === 0 ? 0xffffffff : 2 ** (taps % 32) - 1;
  const words = new Uint32Array(channels * wordsPerChannel).map((_, index) => {
    const word = random(2 ** 32);
    return index % wordsPerChannel === wordsPerChannel - 1 ? word & lastMask : word;
  });
  return { format, words };
}

/** Mostly from low to high; one channel in sixteen has thresholds at the ends of int32, one has them all equal. */
function randomThresholds(
  channels: number,
  count: number,
  low: number,
  high: number,
  random: RandomSource,
): Int32Array {
  const thresholds = new Int32Array(channels * count);
  for (let channel = 0; channel < channels; channel++) {
    const kind = random(16);
    const row = Int32Array.from({ length: count }, () => {
      if (kind === 0) return random(2) === 0 ? -(2 ** 31) : 2 ** 31 - 1;
      return Math.round(low + (random(2001) / 2000) * (high - low));
    });
    if (kind === 1) row.fill(row[0] ?? 0);
    thresholds.set(row.sort(), channel * count);
  }
  return thresholds;
}

function randomHead(inputChannels: number, classes: number, random: RandomSource): HeadLayer {
  return {
    op: 'head',
    name: 'head',
    inputChannels,
    weights: new Int8Array(classes * inputChannels).map(() => random(256) - 128),
    bias: new Int32Array(classes).map(() => random(20_001) - 10_000),
  };
}
