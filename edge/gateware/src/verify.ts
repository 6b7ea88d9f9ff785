/** `npm run gateware -- verify`: LmnetV1 with random weights, image after image, on the arrays that are products. */
import { type ArrayName, arraySizes } from '@dropforge/convert/fpga';
import { lmnetV1, randomPixels } from '@dropforge/quantized-inference/testing';
import type { Report } from './report.ts';
import { verifyNetwork } from './verify-network.ts';

/** The wide array simulates more slowly, and shares everything but its width with the narrow one. */
const campaigns: readonly { array: ArrayName; images: number }[] = [
  { array: '32x32', images: 100 },
  { array: '64x64', images: 10 },
];

export function verify(): Report {
  const arrays = campaigns.map(({ array, images }) => {
    const model = lmnetV1();
    const startedAt = performance.now();
    const found = verifyNetwork(
      model,
      arraySizes[array],
      Array.from({ length: images }, (_, index) => randomPixels(model.input, 1, index + 1)),
    );
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    const where = found.firstDifference === null ? '' : `, first in ${found.firstDifference}`;
    console.log(
      `${found.mismatches === 0 ? '✓' : '✗'} ${array}: ${images} images, ${found.mismatches} mismatches${where}, ${found.cyclesPerImage} cycles an image (${seconds} s)`,
    );
    return { array, images, mismatches: found.mismatches, cycles_per_image: found.cyclesPerImage };
  });
  return { json: { arrays }, failed: arrays.some(({ mismatches }) => mismatches > 0) };
}
