/** How a fast kernel's activations lie in memory: df_layout of jobs/convert/runtime/src/df_layout.h. */
import type { Shape } from '../tensor.ts';

export interface Layout {
  readonly format: 'levels' | 'groups' | 'planes';
  /** As the layer that writes it sees it. */
  readonly shape: Shape;
  /** Per level; counts only for planes. */
  readonly bits: number;
  /** Of the space-to-depth that the addresses do; 1 for none. */
  readonly block: number;
  /** Stored pixels on each side, and the level of their channels. */
  readonly border: number;
  readonly borderLevel: number;
}

/** NHWC, one byte a level, without a border: what the portable operators read and write. */
export function plainLayout(shape: Shape, block = 1): Layout {
  return { format: 'levels', shape, bits: 8, block, border: 0, borderLevel: 0 };
}

/** Channels per segment, those that fill up the last group or word included. */
export function channelSlots({ format, shape }: Layout): number {
  const unit = { levels: 1, groups: 4, planes: 32 }[format];
  return Math.ceil(shape.channels / unit) * unit;
}

/** Bytes of one pixel's channels. */
export function segmentBytes(layout: Layout): number {
  const bitsPerSlot = { levels: 8, groups: 2, planes: layout.bits }[layout.format];
  return (channelSlots(layout) * bitsPerSlot) / 8;
}

/** Bytes of one stored pixel, which is a whole block. */
export function pixelBytes(layout: Layout): number {
  return segmentBytes(layout) * layout.block ** 2;
}

/** Bytes of a row of stored pixels, border included. */
export function rowBytes(layout: Layout): number {
  return (layout.shape.width / layout.block + 2 * layout.border) * pixelBytes(layout);
}

/** Bytes of the image with its border. */
export function layoutBytes(layout: Layout): number {
  return (layout.shape.height / layout.block + 2 * layout.border) * rowBytes(layout);
}
