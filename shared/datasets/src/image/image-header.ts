/** What the first bytes of a file say it is. Dimensions in pixels; undefined where the header is broken. */
export type FileType =
  | { readonly type: 'jpeg' | 'png'; readonly header: ImageHeader | undefined }
  | { readonly type: 'other'; readonly what: string; readonly isImage: boolean };

export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** A sentence part when decoders do not agree on these pixels: 16 bits, CMYK, several frames. */
  readonly unsupported?: string;
  readonly isTransparent: boolean;
  /** Byte offset of the frame header (JPEG) or the first chunk (PNG). */
  readonly at: number;
}

/** Sources: the formats' own specifications, as in file(1). `at` is the byte offset of the signature. */
const otherTypes: readonly (readonly [at: number, latin1: string, what: string, isImage: boolean])[] = [
  [0, 'GIF8', 'a GIF image', true],
  [8, 'WEBP', 'a WebP image', true],
  [0, 'BM', 'a BMP image', true],
  [0, 'II*\0', 'a TIFF image', true],
  [0, 'MM\0*', 'a TIFF image', true],
  [4, 'ftypavi', 'an AVIF image', true],
  [4, 'ftyphei', 'a HEIC image', true],
  [4, 'ftypmif1', 'a HEIC image', true],
  [0, '\0\0\x01\0', 'an icon', true],
  [0, '8BPS', 'a Photoshop image', true],
  [0, '\0\0\0\x0cjP', 'a JPEG 2000 image', true],
  [0, '\xff\x0a', 'a JPEG XL image', true],
  [0, 'PK\x03\x04', 'a zip archive', false],
  [0, '\x1f\x8b', 'a gzip file', false],
  [0, '7z\xbc\xaf', 'a 7-Zip archive', false],
  [0, 'Rar!', 'a RAR archive', false],
  [0, '%PDF', 'a PDF document', false],
];

/** Reads the type from the content; `bytes` is the whole file. */
export function fileType(bytes: Buffer): FileType {
  if (bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xffd8ff) return { type: 'jpeg', header: readJpegHeader(bytes) };
  if (bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n') return { type: 'png', header: readPngHeader(bytes) };
  for (const [at, signature, what, isImage] of otherTypes) {
    if (bytes.toString('latin1', at, at + signature.length) === signature) return { type: 'other', what, isImage };
  }
  const start = bytes.toString('utf8', 0, 256).trimStart();
  if (/^(<\?xml[^>]*>\s*)?<svg/i.test(start)) return { type: 'other', what: 'an SVG drawing', isImage: true };
  if (/^<(!doctype html|html)/i.test(start)) return { type: 'other', what: 'a web page', isImage: false };
  return { type: 'other', what: 'no image', isImage: false };
}

/** Whether an image that does not decode lacks its end marker: a thumbnail's own marker lies before the frame header. */
export function endsEarly(bytes: Buffer, header: ImageHeader | undefined): boolean {
  if (header === undefined) return false;
  const endMarker = bytes[0] === 0xff ? Buffer.from([0xff, 0xd9]) : Buffer.from('IEND');
  return !bytes.subarray(header.at).includes(endMarker);
}

/** Walks the segments to the frame header (ITU-T T.81, B.1 and B.2.2). */
function readJpegHeader(bytes: Buffer): ImageHeader | undefined {
  let at = 2;
  while (at + 10 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (!isFrame) {
      at += 2 + bytes.readUInt16BE(at + 2);
      continue;
    }
    const precision = bytes[at + 4];
    const components = bytes[at + 9];
    const size = { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5), isTransparent: false, at };
    if (precision !== 8) return { ...size, unsupported: `${precision} bits per channel` };
    return components === 1 || components === 3
      ? size
      : { ...size, unsupported: `${components} colour channels (CMYK)` };
  }
  return undefined;
}

/** IHDR comes first and has a fixed layout (W3C PNG, 11.2.1); `acTL` and `tRNS` must come before the pixels. */
function readPngHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const colourType = bytes[25] ?? 0;
  const size = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), at: 8 };
  const chunks = pngChunksBeforePixels(bytes);
  const isTransparent = colourType === 4 || colourType === 6 || chunks.has('tRNS');
  if (bytes[24] === 16) return { ...size, isTransparent, unsupported: '16 bits per channel' };
  if (chunks.has('acTL')) return { ...size, isTransparent, unsupported: 'several frames (an animation)' };
  return { ...size, isTransparent };
}

function pngChunksBeforePixels(bytes: Buffer): Set<string> {
  const names = new Set<string>();
  let at = 8;
  while (at + 12 <= bytes.length && names.size < 100) {
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (name === 'IDAT') break;
    names.add(name);
    at += 12 + bytes.readUInt32BE(at);
  }
  return names;
}
