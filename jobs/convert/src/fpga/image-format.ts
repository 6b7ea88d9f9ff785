/**
 * The image of a network as it is written into the LOAD window: four words of head, sections, an end mark, and the CRC-32
 * (IEEE 802.3) of everything before. Words are little-endian.
 *
 *   IDENTITY · VERSION · ARRAY · most cycles of a run · { kind << 28 | words · words… }… · 0 · CRC-32
 */
import { crc32 } from 'node:zlib';
import { type ArraySize, arrayWord } from './array-size.ts';
import { IDENTITY, VERSION } from './register-map.ts';

export const sectionKinds = { end: 0, program: 1, thresholds: 2, weights: 3 } as const;

/** A row of a wide memory is sent in lanes of this many words, since 160 bits fill whole M10K blocks (8 of 20 bits). */
export const LANE_WORDS = 5;

export interface ImageSections {
  readonly program: Uint32Array;
  readonly thresholds: Uint32Array;
  readonly weights: Uint32Array;
  /** Cycles after which the engine gives a run up. */
  readonly cycleLimit: number;
}

export function writeImage(array: ArraySize, { cycleLimit, ...sections }: ImageSections): Uint32Array<ArrayBuffer> {
  const version = (VERSION.major << 16) | VERSION.minor;
  const body = [IDENTITY, version, arrayWord(array), cycleLimit];
  for (const [kind, words] of Object.entries(sections) as [keyof typeof sections, Uint32Array][]) {
    body.push((sectionKinds[kind] << 28) | words.length, ...words);
  }
  body.push(sectionKinds.end << 28);
  const image = Uint32Array.from([...body, 0]);
  image[image.length - 1] = crc32(new Uint8Array(image.buffer, 0, image.byteLength - 4));
  return image;
}

/** Words of a row of `bits` bits. */
export function rowWords(bits: number): number {
  return Math.ceil(bits / (32 * LANE_WORDS)) * LANE_WORDS;
}
