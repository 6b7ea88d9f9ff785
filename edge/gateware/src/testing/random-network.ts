/** Random networks of every form that the engine takes, small enough for its small arrays. */
import { type ArraySize, FpgaRefusal, lowerModel } from '@dropforge/convert/fpga';
import type { IntegerModel } from '@dropforge/quantized-inference';
import { type ModelPlan, modelFromPlan, randomSource } from '@dropforge/quantized-inference/testing';

type LayerPlan = ModelPlan['layers'][number];

/** The same seed gives the same network. `chunk`: channels that blocks come in. */
export function randomNetwork(seed: number, chunk = 8): IntegerModel {
  const random = randomSource(seed ^ 0x2545f491);
  const input = { height: 2 + random(7), width: 2 + random(7), channels: 1 + random(3) };
  const layers: LayerPlan[] = [];
  let [height, width, channels] = [input.height, input.width, input.channels];
  let bits = 0;
  const depth = 1 + random(5);
  while (layers.length < depth) {
    const layer = layers.length === 0 ? convolution(true) : anyLayer();
    layers.push(layer);
    if (layer.op === 'convolution') [channels, bits] = [layer.channels, layer.bits];
    if (layer.op === 'space-to-depth') channels *= layer.block ** 2;
    [height, width] = [sideAfter(layer, height), sideAfter(layer, width)];
  }
  return modelFromPlan({ input, layers, classes: 2, seed });

  function anyLayer(): LayerPlan {
    const kind = random(5);
    const blocks = height % 2 === 0 && width % 2 === 0 && channels % chunk === 0 && channels <= 64;
    if (kind <= 1 && blocks) return { op: 'space-to-depth', block: 2 };
    if (kind === 2) return { op: 'max-pool', kernel: 1 + random(Math.min(3, height, width)), stride: 1 + random(3) };
    return convolution(false);
  }

  function convolution(isFirst: boolean): LayerPlan {
    const kernel = [1, 2, 3, 3, 3, 4][random(6)] ?? 3;
    const needed = Math.max(0, Math.ceil((kernel - Math.min(height, width)) / 2));
    const padding = needed + random(kernel - needed);
    return {
      op: 'convolution',
      channels: [8, 16, 24, 32, 64, 1 + random(70), 1 + random(70)][random(7)] ?? 8,
      kernel,
      stride: 1 + random(2),
      padding,
      paddingLevel: isFirst || padding === 0 ? 0 : random(2 ** bits),
      bits: 1 + random(2),
      weights: isFirst && random(2) === 0 ? 'int8' : 'bits',
    };
  }
}

function sideAfter(layer: LayerPlan, side: number): number {
  if (layer.op === 'space-to-depth') return side / layer.block;
  const padding = layer.op === 'convolution' ? layer.padding : 0;
  return Math.floor((side + 2 * padding - layer.kernel) / layer.stride) + 1;
}

/** Whether the memories take the network; a few are too large. Every other refusal is a fault of one or the other. */
export function fitsIn(model: IntegerModel, array: ArraySize): boolean {
  try {
    lowerModel(model, array);
    return true;
  } catch (error) {
    if (error instanceof FpgaRefusal && error.code === 'MEMORY_EXCEEDED') return false;
    throw error;
  }
}
