import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeBilinear } from './resize.ts';

/** A picture by arithmetic, so that any program can make it. */
function picture(height: number, width: number) {
  const values = new Uint8Array(height * width * 3);
  for (let at = 0; at < values.length; at++) {
    const [y, x, channel] = [Math.trunc(at / 3 / width), Math.trunc(at / 3) % width, at % 3];
    values[at] = (x * x * 7 + y * 13 + x * y * 3 + channel * 50 + Math.trunc((x * y) / 5)) % 256;
  }
  return { height, width, values };
}

/** From height and width to height and width, and the SHA-256 (its first half) of what Pillow 9.4 makes of the picture. */
const made = [
  [[32, 32], [32, 32], 'b09c1cbe159aa5f9'],
  [[28, 28], [32, 32], '4fb6d7c374ccb6a5'],
  [[100, 75], [32, 48], '8cdd783347aed27b'],
  [[33, 500], [16, 64], '59423c97739e502b'],
  [[5, 7], [32, 16], '70b5879671ffe0f5'],
  [[1, 1], [16, 16], '48e735f363bacb2f'],
  [[64, 32], [32, 32], 'd10f7d78e202c02d'],
] as const;

describe('the resize', () => {
  it.each(made)('of %j to %j gives the bytes of Pillow', ([height, width], [toHeight, toWidth], digest) => {
    const pixels = resizeBilinear(picture(height, width), toHeight, toWidth);
    expect(createHash('sha256').update(pixels).digest('hex').slice(0, 16)).toBe(digest);
  });

  it('keeps one colour as it is, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.integer({ min: 0, max: 255 }),
        (height, width, toHeight, toWidth, level) => {
          const values = new Uint8Array(height * width * 3).fill(level);
          const resized = resizeBilinear({ height, width, values }, toHeight, toWidth);
          expect(resized).toEqual(new Uint8Array(toHeight * toWidth * 3).fill(level));
        },
      ),
      { numRuns: 40 },
    );
  });
});
