/** The real Fashion-MNIST images of Debian's package `dataset-fashion-mnist`, in the IDX format. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export interface LabelledImages {
  /** Grey, one byte a pixel, image after image. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  readonly side: number;
}

/** By label. https://github.com/zalandoresearch/fashion-mnist#labels */
export const classNames = [
  'T-shirt',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const;

/** Where the package puts its files. */
export const fashionMnistFolder = '/usr/share/datasets/fashion-mnist';
/** IDX: two zero bytes, 8 for unsigned bytes, the number of dimensions; then their sizes, big-endian. http://yann.lecun.com/exdb/mnist/ */
const magic = { labels: 0x0801, images: 0x0803 };

/** `train`: 60,000 images; `t10k`: the 10,000 test images. */
export async function readFashionMnist(part: 'train' | 't10k'): Promise<LabelledImages> {
  const images = await readIdx(`${part}-images-idx3-ubyte.gz`, magic.images);
  const labels = await readIdx(`${part}-labels-idx1-ubyte.gz`, magic.labels);
  const count = images.readUInt32BE(4);
  const side = images.readUInt32BE(8);
  const pixels = images.subarray(16);
  if (pixels.length !== count * side * side || labels.readUInt32BE(4) !== count)
    throw new Error(`${fashionMnistFolder}: ${part} has not the size that it states.`);
  return { pixels, labels: labels.subarray(8), side };
}

async function readIdx(name: string, expected: number): Promise<Buffer> {
  const bytes = await promisify(gunzip)(await readFile(join(fashionMnistFolder, name)));
  if (bytes.readUInt32BE(0) !== expected)
    throw new Error(`${join(fashionMnistFolder, name)} is no IDX file of unsigned bytes.`);
  return bytes;
}
