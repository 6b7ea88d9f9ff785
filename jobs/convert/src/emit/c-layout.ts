/** A layout as a C initializer of df_layout. */
import { type Layout, pixelBytes, rowBytes, segmentBytes } from '@dropforge/quantized-inference/packed';
import { cInitializer } from './c-text.ts';

export function cLayout(layout: Layout): string {
  const { height, width, channels } = layout.shape;
  return cInitializer([
    `.format = DF_${layout.format.toUpperCase()}`,
    `.shape = ${cInitializer([height, width, channels])}`,
    `.bits = ${layout.bits}`,
    `.block = ${layout.block}`,
    `.border = ${layout.border}`,
    `.border_level = ${layout.borderLevel}`,
    `.segment_bytes = ${segmentBytes(layout)}`,
    `.pixel_bytes = ${pixelBytes(layout)}`,
    `.row_bytes = ${rowBytes(layout)}`,
  ]);
}
