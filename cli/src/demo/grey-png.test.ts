import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { greyPng } from './grey-png.ts';

it('writes pictures that a decoder reads back pixel for pixel', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(255), async (side, salt) => {
      const pixels = Uint8Array.from({ length: side * side }, (_, index) => (index * 31 + salt) & 255);
      const { data, info } = await sharp(greyPng(pixels, side))
        .toColourspace('b-w')
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([side, side, 1]);
      expect(new Uint8Array(data)).toEqual(pixels);
    }),
    { numRuns: 20 },
  );
});
