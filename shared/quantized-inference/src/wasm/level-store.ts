/** Where a layer's levels lie in memory and in what form: that in which the next layer reads them. */
import type { ConvolutionLayer } from '../model.ts';
import { elementCount, type Shape } from '../tensor.ts';
import type { MemoryPlan } from './memory-plan.ts';

/** A df_level_target: jobs/convert/runtime/src/df_levels_128.h. */
export interface LevelTarget {
  readonly data: number;
  readonly rowBytes: number;
  readonly pixelBytes: number;
  readonly block: number;
  readonly blockBytes: number;
  /** Planes of 2-bit digits, four channels a byte; 0: one byte per level. */
  readonly planes: number;
  readonly planeBytes: number;
  readonly channels: number;
}

/** Digits with the border of the convolution that reads them. */
export interface DigitImage {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  readonly pixelBytes: number;
  readonly planes: number;
  readonly planeBytes: number;
}

/** One byte per level, NHWC. */
export function planBytes(memory: MemoryPlan, shape: Shape): LevelTarget {
  return bytesAt(memory.reserve(elementCount(shape)), shape);
}

export function bytesAt(data: number, { width, channels }: Shape): LevelTarget {
  const form = { planes: 0, planeBytes: 0, channels };
  return { data, rowBytes: width * channels, pixelBytes: channels, block: 1, blockBytes: 0, ...form };
}

/** The border is written once: nothing overwrites it. `bits`: per level, 1 to 4. */
export function planDigits(
  memory: MemoryPlan,
  shape: Shape,
  bits: number,
  { padding, paddingLevel }: ConvolutionLayer,
): { image: DigitImage; target: LevelTarget } {
  const pixelBytes = Math.ceil(shape.channels / 4);
  const [rows, columns] = [shape.height + 2 * padding, shape.width + 2 * padding];
  const planeBytes = rows * columns * pixelBytes;
  const planes = Math.ceil(bits / 2);
  const border = new Uint8Array(planes * planeBytes).map((_, index) => {
    const channel = 4 * (index % pixelBytes);
    const digit = (paddingLevel >> (2 * Math.floor(index / planeBytes))) & 3;
    return (digit * 0x55) & (4 ** Math.min(4, shape.channels - channel) - 1);
  });
  const address = memory.write(border);
  const data = address + (padding * columns + padding) * pixelBytes;
  return {
    image: { address, rows, columns, pixelBytes, planes, planeBytes },
    target: {
      data,
      rowBytes: columns * pixelBytes,
      pixelBytes,
      block: 1,
      blockBytes: 0,
      planes,
      planeBytes,
      channels: shape.channels,
    },
  };
}

/**
 * The same place for a writer whose pixels a space-to-depth of `block` moves there. Null where they do not begin at a byte.
 */
export function throughSpaceToDepth(target: LevelTarget, block: number): LevelTarget | null {
  const channels = target.channels / block ** 2;
  if (block === 1) return target;
  if (target.planes > 0 && channels % 4 !== 0) return null;
  return { ...target, block, blockBytes: target.planes > 0 ? channels / 4 : channels, channels };
}

/** The 32-bit fields in their order in C. */
export function targetFields(target: LevelTarget): number[] {
  const { data, rowBytes, pixelBytes, block, blockBytes, planes, planeBytes, channels } = target;
  return [data, rowBytes, pixelBytes, block, blockBytes, planes, planeBytes, channels];
}

/** Reads levels back, NHWC, as the writer of the target sees them. */
export function readLevels(bytes: Uint8Array, target: LevelTarget, shape: Shape): Uint8Array {
  const { block, channels } = target;
  return new Uint8Array(elementCount(shape)).map((_, index) => {
    const channel = index % channels;
    const x = Math.floor(index / channels) % shape.width;
    const y = Math.floor(index / (channels * shape.width));
    const place = target.data + Math.floor(y / block) * target.rowBytes + Math.floor(x / block) * target.pixelBytes;
    const pixel = place + ((y % block) * block + (x % block)) * target.blockBytes;
    if (target.planes === 0) return bytes[pixel + channel] ?? 0;
    let level = 0;
    for (let plane = 0; plane < target.planes; plane++) {
      const group = bytes[pixel + plane * target.planeBytes + (channel >> 2)] ?? 0;
      level |= ((group >> (2 * (channel % 4))) & 3) << (2 * plane);
    }
    return level;
  });
}
