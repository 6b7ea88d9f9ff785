/** Space to depth: each block of pixels becomes one pixel with the block's channels side by side. */
import type { SpaceToDepthLayer } from '../model.ts';
import { ModelFileError } from '../model-file-error.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';

/** Throws ModelFileError SHAPE_MISMATCH when the input does not divide into blocks. */
export function spaceToDepthShape(layer: SpaceToDepthLayer, input: Shape): Shape {
  const { block } = layer;
  if (input.height % block !== 0 || input.width % block !== 0) {
    throw new ModelFileError(
      'SHAPE_MISMATCH',
      `Layer ${layer.name}: ${input.height}x${input.width} does not divide into blocks of ${block}.`,
    );
  }
  return { height: input.height / block, width: input.width / block, channels: input.channels * block * block };
}

/** Output channel `(dy*block + dx) * C + c` of pixel (y, x) is input channel c of pixel (y*block + dy, x*block + dx). */
export function spaceToDepth(layer: SpaceToDepthLayer, input: Tensor): Tensor {
  const { block } = layer;
  const shape = spaceToDepthShape(layer, input);
  const values = new Uint8Array(elementCount(shape));
  for (let row = 0; row < input.height; row++) {
    for (let column = 0; column < input.width; column++) {
      const pixel = (row * input.width + column) * input.channels;
      const target = Math.floor(row / block) * shape.width + Math.floor(column / block);
      const slot = (row % block) * block + (column % block);
      const offset = target * shape.channels + slot * input.channels;
      values.set(input.values.subarray(pixel, pixel + input.channels), offset);
    }
  }
  return { ...shape, values };
}
