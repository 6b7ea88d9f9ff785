/** Max pooling without padding. */
import type { MaxPoolLayer } from '../model.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { windowShape } from './window.ts';

/** Throws ModelFileError SHAPE_MISMATCH when the window is larger than the input. */
export function maxPoolShape(layer: MaxPoolLayer, input: Shape): Shape {
  return { ...windowShape(layer.name, input, layer.kernel, layer.stride, 0), channels: input.channels };
}

/** The maximum level of each window, per channel. */
export function maxPool(layer: MaxPoolLayer, input: Tensor): Tensor {
  const shape = maxPoolShape(layer, input);
  const values = new Uint8Array(elementCount(shape));
  let offset = 0;
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x++) {
      for (let channel = 0; channel < shape.channels; channel++) {
        values[offset++] = windowMaximum(layer, input, y * layer.stride, x * layer.stride, channel);
      }
    }
  }
  return { ...shape, values };
}

function windowMaximum(layer: MaxPoolLayer, input: Tensor, top: number, left: number, channel: number): number {
  let maximum = 0;
  for (let row = top; row < top + layer.kernel; row++) {
    for (let column = left; column < left + layer.kernel; column++) {
      const level = input.values[(row * input.width + column) * input.channels + channel] ?? 0;
      if (level > maximum) maximum = level;
    }
  }
  return maximum;
}
