/** Small random networks of any legal form: shapes, strides, channels 1 to 70, levels of 1 to 8 bits, extreme thresholds. */
import { limits } from '../limits.ts';
import type { IntegerModel } from '../model.ts';
import { type LayerPlan, modelFromPlan } from './model-from-plan.ts';
import { type RandomSource, randomSource } from './random-source.ts';

/** The same seed gives the same model. */
export function randomModel(seed: number): IntegerModel {
  const random = randomSource(seed ^ 0x5bd1e995);
  const input = { height: 1 + random(12), width: 1 + random(12), channels: 1 + random(4) };
  const layers: LayerPlan[] = [];
  let { height, width } = input;
  let channels = input.channels;
  let inputBits: number | null = null;
  const depth = 1 + random(5);
  while (layers.length < depth) {
    const layer: LayerPlan =
      inputBits === null
        ? randomConvolution(random, height, width, inputBits)
        : randomLayer(random, height, width, channels, inputBits);
    if (layer.op === 'convolution') channels = layer.channels;
    if (layer.op === 'space-to-depth') channels *= layer.block ** 2;
    if (layer.op === 'convolution' || layer.op === 'average-pool') inputBits = layer.bits;
    [height, width] = [height, width].map((side) => sideAfter(layer, side)) as [number, number]; // two in, two out
    layers.push(layer);
  }
  return modelFromPlan({ input, layers, classes: 1 + random(12), seed });
}

function randomLayer(
  random: RandomSource,
  height: number,
  width: number,
  channels: number,
  inputBits: number,
): LayerPlan {
  const kind = random(5);
  if (kind === 0 && height % 2 === 0 && width % 2 === 0 && channels <= 70) return { op: 'space-to-depth', block: 2 };
  const pool = { kernel: 1 + random(Math.min(3, height, width)), stride: 1 + random(2) };
  if (kind === 1) return { op: 'max-pool', ...pool };
  if (kind === 2) return { op: 'average-pool', ...pool, bits: randomBits(random) };
  return randomConvolution(random, height, width, inputBits);
}

/** `inputBits`: bits per level of the layer before, null in front of the first layer. */
function randomConvolution(
  random: RandomSource,
  height: number,
  width: number,
  inputBits: number | null,
): Extract<LayerPlan, { op: 'convolution' }> {
  const kernel = [1, 2, 3, 3, 3, 5][random(6)] ?? 3;
  // At least as much padding as makes one window fit.
  const needed = Math.max(0, Math.ceil((kernel - Math.min(height, width)) / 2));
  const padding = needed + random(kernel - needed);
  const paddable = padding > 0 && inputBits !== null && random(3) === 0;
  return {
    op: 'convolution',
    channels: 1 + random(70),
    kernel,
    stride: 1 + random(2),
    padding,
    paddingLevel: paddable ? random(2 ** inputBits) : 0,
    bits: randomBits(random),
    weights: (inputBits ?? 0) > limits.bitPlanes || random(4) === 0 ? 'int8' : 'bits',
  };
}

/** 1 to 8, mostly 2. */
function randomBits(random: RandomSource): number {
  return [2, 2, 2, 2, 1, 3, 4, 5, 6, 8][random(10)] ?? 2;
}

function sideAfter(layer: LayerPlan, side: number): number {
  if (layer.op === 'space-to-depth') return side / layer.block;
  const padding = layer.op === 'convolution' ? layer.padding : 0;
  return Math.floor((side + 2 * padding - layer.kernel) / layer.stride) + 1;
}
