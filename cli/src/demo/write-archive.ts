/** Writes Fashion-MNIST as people would send their own images: one archive of class folders, split as its authors split it. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { classNames, readFashionMnist } from './fashion-mnist.ts';
import { greyPng } from './grey-png.ts';

/** Returns the number of images. */
export async function writeArchive(file: string): Promise<number> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(file));
  let count = 0;
  for (const [part, split] of [
    ['train', 'train'],
    ['t10k', 'validation'],
  ] as const) {
    const { pixels, labels, side } = await readFashionMnist(part);
    for (const [index, label] of labels.entries()) {
      const png = greyPng(pixels.subarray(index * side * side, (index + 1) * side * side), side);
      const name = `fashion-mnist/${split}/${classNames[label]}/${String(index).padStart(5, '0')}.png`;
      // The archive holds what the file has not taken yet: wait now and then, or all of it is in memory.
      await new Promise<void>((resolve, reject) =>
        archive.entry({ name, mtime: new Date(0) }, png, (error) => (error ? reject(error) : resolve())),
      );
      count++;
    }
  }
  archive.finalize();
  await written;
  return count;
}
