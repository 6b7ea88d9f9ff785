/** The smallest honest PNG: grey, 8 bits, unfiltered. https://www.w3.org/TR/png-3/ */
import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** `pixels`: side × side grey bytes. */
export function greyPng(pixels: Uint8Array, side: number): Buffer {
  const header = Buffer.from([0, 0, side >> 8, side & 255, 0, 0, side >> 8, side & 255, 8, 0, 0, 0, 0]);
  // Each row begins with its filter's number; 0 is none.
  const rows = Buffer.alloc(side * (side + 1));
  for (let row = 0; row < side; row++) rows.set(pixels.subarray(row * side, (row + 1) * side), row * (side + 1) + 1);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8);
  return bytes;
}
