import { z } from 'zod';
import { CliError } from '../../cli-error.ts';
import { formatShare } from '../../terminal/text.ts';
import { classOf, type Difference, onePerClass, type Task } from './task.ts';

/** As many pixels as an image that is predicted may have. */
const PIXELS_MAX = 40_000_000;

/** A mask for each class, as the base64 of a PNG file. */
export const segmentation: Task<readonly string[]> = {
  schema(classes) {
    // The first eight bytes of every PNG file.
    const mask = z.base64().startsWith('iVBORw0KGg', { error: 'It is no PNG file in base64' });
    const entry = z.object({ class: classOf(classes), mask });
    return onePerClass(
      entry.transform((one) => ({ place: one.class, value: one.mask })),
      classes,
    );
  },

  async compare(expected, found, { classes, where }) {
    let largest = 0;
    const differences: Difference[] = [];
    for (const [place, mask] of expected.entries()) {
      const other = found[place] ?? '';
      // Encoders differ, so other bytes can be the same pixels; the same bytes cannot be others.
      if (mask === other) continue;
      const name = classes[place]?.name ?? '';
      const [wanted, one] = [await decode(mask, name, where[0]), await decode(other, name, where[1])];
      const [size, otherSize] = [sizeText(wanted), sizeText(one)];
      const off = size === otherSize ? countOff(wanted.data, one.data) / wanted.data.length : 1;
      largest = Math.max(largest, off);
      const what = size === otherSize ? `${formatShare(off)} of the pixels` : `${otherSize} instead of ${size} pixels`;
      if (off > 0) differences.push({ code: 'MASK_DIFFERS', message: `the mask of ${name} differs: ${what}` });
    }
    return { largest, differences };
  },
};

interface Mask {
  readonly width: number;
  readonly height: number;
  /** One byte for each pixel. */
  readonly data: Uint8Array;
}

async function decode(base64: string, name: string, where: string): Promise<Mask> {
  // The decoder takes longer to load than what most comparisons take.
  const { default: sharp } = await import('sharp');
  try {
    const image = sharp(Buffer.from(base64, 'base64'), { limitInputPixels: PIXELS_MAX, failOn: 'truncated' });
    const { data, info } = await image.removeAlpha().toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new CliError('refused', 'MASK_UNREADABLE', `The mask of ${name} cannot be decoded: ${why}.`, {
      where,
      action: 'Predict the image again.',
      cause: error,
    });
  }
}

function countOff(expected: Uint8Array, found: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < expected.length; i++) if (expected[i] !== found[i]) count++;
  return count;
}

function sizeText({ width, height }: Mask): string {
  return `${width}x${height}`;
}
