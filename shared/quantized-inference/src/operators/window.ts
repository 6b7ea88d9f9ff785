/** Sliding windows: what convolution and pooling share. */
import { ModelFileError } from '../model-file-error.ts';
import type { Shape } from '../tensor.ts';

/**
 * Number of window positions: `floor((side + 2*padding - kernel) / stride) + 1`.
 * Throws ModelFileError SHAPE_MISMATCH when not even one window fits.
 */
export function windowShape(name: string, input: Shape, kernel: number, stride: number, padding: number) {
  const height = Math.floor((input.height + 2 * padding - kernel) / stride) + 1;
  const width = Math.floor((input.width + 2 * padding - kernel) / stride) + 1;
  if (height < 1 || width < 1) {
    throw new ModelFileError(
      'SHAPE_MISMATCH',
      `Layer ${name}: a ${kernel}x${kernel} window does not fit into ${input.height}x${input.width}.`,
    );
  }
  return { height, width };
}
