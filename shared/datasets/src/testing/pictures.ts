import sharp from 'sharp';

/** A small noisy picture; the same seed gives the same bytes, another seed another picture. */
export async function picture(
  seed: number,
  type: 'jpeg' | 'png' | 'webp' | 'gif' = 'jpeg',
  side = 16,
): Promise<Buffer> {
  const pixels = Buffer.alloc(side * side * 3);
  let state = (seed + 1) * 2654435761;
  for (let i = 0; i < pixels.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    pixels[i] = state >>> 24;
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .toFormat(type)
    .toBuffer();
}

export type Files = Record<string, Buffer>;

let nextSeed = 0;

/** `count` distinct pictures named `<folder>/0.jpg` and so on; no two calls share a picture. */
export async function folderOf(folder: string, count: number): Promise<Files> {
  const files: Files = {};
  for (let i = 0; i < count; i += 1) {
    files[`${folder}/${i}.jpg`] = await picture(nextSeed);
    nextSeed += 1;
  }
  return files;
}

/** A healthy dataset of two classes. */
export async function catsAndDogs(perClass = 10): Promise<Files> {
  return { ...(await folderOf('cat', perClass)), ...(await folderOf('dog', perClass)) };
}
