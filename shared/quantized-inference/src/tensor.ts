/** Height, width and channels of a tensor between two layers. */
export interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One image's values, NHWC: levels (uint8), or the shifted pixels of the input (int8). */
export interface Tensor extends Shape {
  readonly values: Uint8Array | Int8Array;
}

/** Number of values in a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return shape.height * shape.width * shape.channels;
}
