/** The image with its padding around it, so that every window lies within. */
import type { ConvolutionLayer } from '../model.ts';
import type { Shape, Tensor } from '../tensor.ts';

export function borderedShape({ padding }: ConvolutionLayer, { height, width, channels }: Shape): Shape {
  return { height: height + 2 * padding, width: width + 2 * padding, channels };
}

/** Fills `values`, which has the size of the bordered shape, NHWC. */
export function addBorder(layer: ConvolutionLayer, input: Tensor, values: Float64Array | Int16Array): void {
  const { padding, paddingLevel } = layer;
  const innerValues = input.width * input.channels;
  const rowValues = innerValues + 2 * padding * input.channels;
  values.fill(paddingLevel);
  for (let row = 0; row < input.height; row++) {
    const target = (row + padding) * rowValues + padding * input.channels;
    values.set(input.values.subarray(row * innerValues, (row + 1) * innerValues), target);
  }
}
