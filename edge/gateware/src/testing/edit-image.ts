/** Images with one thing changed and a checksum that is right again: what a faulty compiler or an attacker would write. */
import { crc32 } from 'node:zlib';
import { LAYER_WORDS, layerFields } from '@dropforge/convert/fpga';

/** Words of the head, and the word that begins the first section, which is the program. */
const PROGRAM_AT = 5;

type FieldName = keyof typeof layerFields;

/** Sets fields of one pass. */
export function withFields(
  image: Uint32Array,
  pass: number,
  fields: Partial<Record<FieldName, number>>,
): Uint32Array<ArrayBuffer> {
  const edited = Uint32Array.from(image);
  for (const [name, value] of Object.entries(fields) as [FieldName, number][]) {
    const { word, bit, width } = layerFields[name];
    const index = PROGRAM_AT + pass * LAYER_WORDS + word;
    const mask = ((2 ** width - 1) << bit) >>> 0;
    edited[index] = (((edited[index] ?? 0) & ~mask) | ((value << bit) & mask)) >>> 0;
  }
  return sealed(edited);
}

/** Sets a word of the image. */
export function withWord(image: Uint32Array, index: number, value: number): Uint32Array<ArrayBuffer> {
  const edited = Uint32Array.from(image);
  edited[index] = value >>> 0;
  return sealed(edited);
}

function sealed(image: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  image[image.length - 1] = crc32(new Uint8Array(image.buffer, 0, image.byteLength - 4));
  return image;
}
