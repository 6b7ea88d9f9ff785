/** Average pooling without padding: the sum of each window, and thresholds that divide it. */
import type { AveragePoolLayer } from '../model.ts';
import { ModelFileError } from '../model-file-error.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { levelOf } from './threshold.ts';
import { windowShape } from './window.ts';

/** Throws ModelFileError CHANNELS_MISMATCH, or SHAPE_MISMATCH when the window is larger than the input. */
export function averagePoolShape(layer: AveragePoolLayer, input: Shape): Shape {
  if (layer.inputChannels !== input.channels) {
    throw new ModelFileError(
      'CHANNELS_MISMATCH',
      `Layer ${layer.name} reads ${layer.inputChannels} channels; the layer before it writes ${input.channels}.`,
    );
  }
  return { ...windowShape(layer.name, input, layer.kernel, layer.stride, 0), channels: input.channels };
}

/** The level that each window's sum reaches, per channel. */
export function averagePool(layer: AveragePoolLayer, input: Tensor): Tensor {
  const shape = averagePoolShape(layer, input);
  const count = 2 ** layer.activationBits - 1;
  const values = new Uint8Array(elementCount(shape));
  let offset = 0;
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x++) {
      for (let channel = 0; channel < shape.channels; channel++) {
        const sum = windowSum(layer, input, y * layer.stride, x * layer.stride, channel);
        values[offset++] = levelOf(sum, layer.thresholds, channel, count);
      }
    }
  }
  return { ...shape, values };
}

function windowSum(layer: AveragePoolLayer, input: Tensor, top: number, left: number, channel: number): number {
  let sum = 0;
  for (let row = top; row < top + layer.kernel; row++) {
    for (let column = left; column < left + layer.kernel; column++) {
      sum += input.values[(row * input.width + column) * input.channels + channel] ?? 0;
    }
  }
  return sum;
}
