/** Files that are no images of ours, each in its own way, and the code that says so. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const create = { width: 40, height: 30, channels: 3 as const, background: { r: 200, g: 90, b: 30 } };
const jpeg = () => sharp({ create }).jpeg().toBuffer();
const png = () => sharp({ create }).png().toBuffer();

/** Name, code, content. */
export async function badImages(): Promise<[string, string, Buffer][]> {
  const [photograph, drawing] = [await jpeg(), await png()];
  const cmyk = await sharp({ create }).toColourspace('cmyk').jpeg().toBuffer();
  const deep = await sharp({ create }).toColourspace('rgb16').png().toBuffer();
  return [
    ['nothing.jpg', 'EMPTY_FILE', Buffer.alloc(0)],
    ['text.jpg', 'IMAGE_WRONG_TYPE', Buffer.from('a text')],
    ['cat.gif', 'IMAGE_WRONG_TYPE', Buffer.from('GIF89a and more')],
    ['three-bytes.jpg', 'IMAGE_TRUNCATED', photograph.subarray(0, 3)],
    ['cut.jpg', 'IMAGE_TRUNCATED', photograph.subarray(0, photograph.length - 30)],
    ['cut-header.jpg', 'IMAGE_TRUNCATED', photograph.subarray(0, 100)],
    ['cut.png', 'IMAGE_TRUNCATED', drawing.subarray(0, drawing.length - 20)],
    ['signature.png', 'IMAGE_TRUNCATED', drawing.subarray(0, 8)],
    ['cmyk.jpg', 'IMAGE_UNSUPPORTED_PIXELS', cmyk],
    ['deep.png', 'IMAGE_UNSUPPORTED_PIXELS', deep],
    ['animated.png', 'IMAGE_UNSUPPORTED_PIXELS', withChunk(drawing, 'acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]))],
    ['no-rows.jpg', 'IMAGE_UNDECODABLE', withJpegSize(photograph, 0, 40)],
    ['no-columns.png', 'IMAGE_UNDECODABLE', withPngSize(drawing, 30, 0)],
    ['large.jpg', 'IMAGE_TOO_LARGE', withJpegSize(photograph, 8000, 5001)],
    ['large.png', 'IMAGE_TOO_LARGE', withPngSize(drawing, 2 ** 31 - 1, 2 ** 31 - 1)],
    ['bomb.png', 'IMAGE_UNDECODABLE', withPngSize(drawing, 6000, 6000)],
    ['wrong-sum.png', 'IMAGE_UNDECODABLE', flipped(drawing, 30)],
    ['no-pixels.png', 'IMAGE_UNDECODABLE', Buffer.concat([drawing.subarray(0, 33), chunk('IEND', Buffer.alloc(0))])],
    ['scans.jpg', 'IMAGE_UNDECODABLE', await withManyScans()],
  ];
}

/** A progressive JPEG whose last scan comes again and again: each costs the decoder the whole image. */
async function withManyScans(): Promise<Buffer> {
  const image = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
  const last = image.lastIndexOf(Buffer.from([0xff, 0xda]));
  const [head, scan] = [image.subarray(0, last), image.subarray(last, image.length - 2)];
  return Buffer.concat([head, ...Array.from({ length: 200 }, () => scan), image.subarray(image.length - 2)]);
}

function withJpegSize(image: Buffer, height: number, width: number): Buffer {
  const copy = Buffer.from(image);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(height, frame + 5);
  copy.writeUInt16BE(width, frame + 7);
  return copy;
}

function withPngSize(image: Buffer, height: number, width: number): Buffer {
  const header = Buffer.from(image.subarray(16, 29));
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const pixels = chunk('IDAT', deflateSync(Buffer.alloc(100)));
  return Buffer.concat([image.subarray(0, 8), chunk('IHDR', header), pixels, chunk('IEND', Buffer.alloc(0))]);
}

function withChunk(image: Buffer, name: string, data: Buffer): Buffer {
  return Buffer.concat([image.subarray(0, 33), chunk(name, data), image.subarray(33)]);
}

function flipped(image: Buffer, at: number): Buffer {
  const copy = Buffer.from(image);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
