import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { classNames, fashionMnistFolder, readFashionMnist } from './fashion-mnist.ts';

const isInstalled = existsSync(fashionMnistFolder);
if (!isInstalled) console.log(`skipped: ${fashionMnistFolder} is not there (Debian package dataset-fashion-mnist)`);

it.skipIf(!isInstalled)('reads the 10,000 test images, a thousand of each class', async () => {
  const { pixels, labels, side } = await readFashionMnist('t10k');
  expect([side, pixels.length]).toEqual([28, 10_000 * 28 * 28]);
  expect(classNames.map((_, label) => labels.filter((other) => other === label).length)).toEqual(
    classNames.map(() => 1_000),
  );
});
