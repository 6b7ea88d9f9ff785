/** The shape and the number format of every tensor of a model, from the first layer to the logits. */
import type { IntegerModel, Layer } from './model.ts';
import { averagePoolShape } from './operators/average-pool.ts';
import { convolutionShape } from './operators/convolution.ts';
import { headShape } from './operators/head.ts';
import { maxPoolShape } from './operators/max-pool.ts';
import { spaceToDepthShape } from './operators/space-to-depth.ts';
import type { Shape } from './tensor.ts';

/** A layer with what it reads and writes. */
export interface PlannedLayer<L extends Layer = Layer> {
  readonly layer: L;
  readonly input: Shape;
  /** Bits per input level; null where the input is the signed pixels. */
  readonly inputBits: number | null;
  readonly output: Shape;
}

/** Throws ModelFileError CHANNELS_MISMATCH or SHAPE_MISMATCH at the first layer that does not fit the one before it. */
export function planLayers(model: Pick<IntegerModel, 'input' | 'layers'>): PlannedLayer[] {
  const { height, width, channels } = model.input;
  let input: Shape = { height, width, channels };
  let inputBits: number | null = null;
  return model.layers.map((layer) => {
    const planned = { layer, input, inputBits, output: outputShape(layer, input) };
    input = planned.output;
    if (layer.op === 'convolution' || layer.op === 'average-pool') inputBits = layer.activationBits;
    return planned;
  });
}

function outputShape(layer: Layer, input: Shape): Shape {
  switch (layer.op) {
    case 'convolution':
      return convolutionShape(layer, input);
    case 'space-to-depth':
      return spaceToDepthShape(layer, input);
    case 'max-pool':
      return maxPoolShape(layer, input);
    case 'average-pool':
      return averagePoolShape(layer, input);
    case 'head':
      return headShape(layer, input);
  }
}
