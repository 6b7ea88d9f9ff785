/** LmnetV1 with random weights: the network that the product trains, in its real shape. */
import type { IntegerModel } from '../model.ts';
import { type LayerPlan, modelFromPlan } from './model-from-plan.ts';

export interface LmnetOptions {
  readonly classes?: number;
  /** Pixels along one side, a multiple of 8. */
  readonly side?: number;
  readonly seed?: number;
}

export function lmnetV1({ classes = 10, side = 32, seed = 1 }: LmnetOptions = {}): IntegerModel {
  const layers: LayerPlan[] = [
    { ...convolution(32), weights: 'int8' },
    convolution(64),
    { op: 'space-to-depth', block: 2 },
    convolution(128),
    convolution(64),
    { op: 'space-to-depth', block: 2 },
    convolution(128),
    { op: 'space-to-depth', block: 2 },
    { ...convolution(64), kernel: 1, padding: 0 },
  ];
  return modelFromPlan({ input: { height: side, width: side, channels: 3 }, layers, classes, seed });
}

function convolution(channels: number): Extract<LayerPlan, { op: 'convolution' }> {
  return { op: 'convolution', channels, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'bits' };
}
