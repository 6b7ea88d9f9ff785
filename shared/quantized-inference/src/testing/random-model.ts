/** Small random networks of any legal form: shapes, strides, channels 1 to 70, extreme thresholds. */
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
  const depth = 1 + random(5);
  while (layers.length < depth) {
    const layer =
      layers.length === 0 ? randomConvolution(random, height, width) : randomLayer(random, height, width, channels);
    if (layer.op === 'convolution') channels = layer.channels;
    if (layer.op === 'space-to-depth') channels *= layer.block ** 2;
    [height, width] = [height, width].map((side) => sideAfter(layer, side)) as [number, number]; // two in, two out
    layers.push(layer);
  }
  return modelFromPlan({ input, layers, classes: 1 + random(12), seed });
}

function randomLayer(random: RandomSource, height: number, width: number, channels: number): LayerPlan {
  const kind = random(4);
  if (kind === 0 && height % 2 === 0 && width % 2 === 0 && channels <= 70) return { op: 'space-to-depth', block: 2 };
  if (kind === 1) return { op: 'max-pool', kernel: 1 + random(Math.min(3, height, width)), stride: 1 + random(2) };
  return randomConvolution(random, height, width);
}

function randomConvolution(random: RandomSource, height: number, width: number): LayerPlan {
  const kernel = [1, 2, 3, 3, 3, 5][random(6)] ?? 3;
  // At least as much padding as makes one window fit.
  const needed = Math.max(0, Math.ceil((kernel - Math.min(height, width)) / 2));
  const padding = needed + random(kernel - needed);
  return {
    op: 'convolution',
    channels: 1 + random(70),
    kernel,
    stride: 1 + random(2),
    padding,
    bits: [2, 2, 2, 1, 3, 4][random(6)] ?? 2,
    weights: random(4) === 0 ? 'int8' : 'bits',
  };
}

function sideAfter(layer: LayerPlan, side: number): number {
  if (layer.op === 'space-to-depth') return side / layer.block;
  const padding = layer.op === 'convolution' ? layer.padding : 0;
  return Math.floor((side + 2 * padding - layer.kernel) / layer.stride) + 1;
}
