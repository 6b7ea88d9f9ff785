import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { freezeDataset } from './freeze-dataset.ts';
import { memorySink, memorySource, tarOf } from './testing/archives.ts';
import { catsAndDogs, picture } from './testing/pictures.ts';
import { reportOn, said } from './testing/reports.ts';

/** Enough good images that a single bad one is within the tolerance of 1 %. */
const plenty = catsAndDogs(60);

/** What a report says of one bad file among many good ones: outcome, then findings. */
async function withOne(path: string, bytes: Buffer): Promise<string[]> {
  const report = await reportOn({ ...(await plenty), [path]: bytes });
  return [report.outcome, ...said(report)];
}

describe('one bad image among many good ones is left out and listed', () => {
  it('a JPEG that was cut off', async () => {
    const jpeg = await picture(1, 'jpeg', 64);
    expect(await withOne('cat/bad.jpg', jpeg.subarray(0, jpeg.length / 2))).toEqual([
      'accepted',
      'IMAGE_TRUNCATED x1 cat/bad.jpg: the end of the image is missing',
    ]);
    expect(await withOne('cat/bad.jpg', jpeg.subarray(0, jpeg.length - 2))).toEqual([
      'accepted',
      'IMAGE_TRUNCATED x1 cat/bad.jpg: the end of the image is missing',
    ]);
  });

  it('a PNG that was cut off, and one with a flipped byte', async () => {
    const png = await picture(2, 'png', 64);
    expect((await withOne('cat/bad.png', png.subarray(0, png.length / 2)))[1]).toMatch(
      /^IMAGE_TRUNCATED x1 cat\/bad.png/,
    );
    const flipped = Buffer.from(png);
    flipped.writeUInt8(flipped.readUInt8(png.length >> 1) ^ 0xff, png.length >> 1);
    expect((await withOne('cat/bad.png', flipped))[1]).toBe(
      'IMAGE_UNDECODABLE x1 cat/bad.png: the decoder cannot make sense of it',
    );
  });

  it('a header with nothing sensible behind it', async () => {
    expect(
      (await withOne('cat/bad.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(100)])))[1],
    ).toMatch(/^IMAGE_(UNDECODABLE|TRUNCATED) x1/);
    expect(
      (await withOne('cat/bad.png', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)])))[1],
    ).toMatch(/^IMAGE_(UNDECODABLE|TRUNCATED) x1/);
  });

  it('an image of another type, whatever its name', async () => {
    const gif = await picture(3, 'gif');
    const webp = await picture(3, 'webp');
    expect(await withOne('cat/bad.gif', gif)).toEqual(['accepted', 'IMAGE_WRONG_TYPE x1 cat/bad.gif: is a GIF image']);
    expect(await withOne('cat/bad.jpg', webp)).toEqual([
      'accepted',
      'IMAGE_WRONG_TYPE x1 cat/bad.jpg: is a WebP image',
    ]);
    expect(await withOne('cat/bad', webp)).toEqual(['accepted', 'IMAGE_WRONG_TYPE x1 cat/bad: is a WebP image']);
    expect(await withOne('cat/bad.jpg', Buffer.from('<!DOCTYPE html><p>404'))).toEqual([
      'accepted',
      'IMAGE_WRONG_TYPE x1 cat/bad.jpg: is named like an image but is a web page',
    ]);
  });

  it('an empty file', async () => {
    expect(await withOne('cat/bad.jpg', Buffer.alloc(0))).toEqual(['accepted', 'EMPTY_FILE x1 cat/bad.jpg: 0 bytes']);
  });

  it('pixels that decoders do not agree on: 16 bits, CMYK, an animation', async () => {
    const raw = { raw: { width: 8, height: 8, channels: 3 } } as const;
    const deep = await sharp(Buffer.alloc(192, 9), raw).toColourspace('rgb16').png().toBuffer();
    const cmyk = await sharp(Buffer.alloc(192, 9), raw).toColourspace('cmyk').jpeg().toBuffer();
    const png = await picture(4, 'png');
    const animation = Buffer.concat([
      png.subarray(0, 33),
      Buffer.from('\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0', 'latin1'),
      png.subarray(33),
    ]);
    expect(await withOne('cat/bad.png', deep)).toEqual([
      'accepted',
      'IMAGE_UNSUPPORTED_PIXELS x1 cat/bad.png: 16 bits per channel',
    ]);
    expect(await withOne('cat/bad.jpg', cmyk)).toEqual([
      'accepted',
      'IMAGE_UNSUPPORTED_PIXELS x1 cat/bad.jpg: 4 colour channels (CMYK)',
    ]);
    expect(await withOne('cat/bad.png', animation)).toEqual([
      'accepted',
      'IMAGE_UNSUPPORTED_PIXELS x1 cat/bad.png: several frames (an animation)',
    ]);
  });

  it('more pixels than the limit, seen in the header before any is decoded', async () => {
    const bomb = await sharp({ create: { width: 9000, height: 6000, channels: 3, background: '#123' } })
      .png()
      .toBuffer();
    expect(await withOne('cat/bad.png', bomb)).toEqual([
      'accepted',
      'IMAGE_TOO_LARGE x1 cat/bad.png: 9000 x 6000 pixels, the limit is 40 million',
    ]);
  });

  it('more bytes than one file may have', async () => {
    const report = await reportOn(
      { ...(await plenty), 'cat/big.jpg': Buffer.alloc(5000) },
      { limits: { fileBytes: 4000 } },
    );
    expect([report.outcome, ...said(report)]).toEqual([
      'accepted',
      'FILE_TOO_LARGE x1 cat/big.jpg: 5 kB, the limit is 4 kB',
    ]);
  });

  it('an image in a folder inside a class folder', async () => {
    expect(await withOne('cat/more/1.jpg', await picture(5))).toEqual([
      'accepted',
      'MISPLACED_IMAGE x1 cat/more/1.jpg: below cat/',
    ]);
  });

  it('a link, which is never followed', async () => {
    const tar = await tarOf(await plenty, [{ name: 'cat/link.jpg', type: 'symlink', linkname: '/etc/passwd' }]);
    const { report } = await freezeDataset({ archive: memorySource('drop.tar', tar) }, memorySink());
    expect([report.outcome, ...said(report)]).toEqual(['accepted', 'LINK x1 cat/link.jpg: is a symlink']);
  });
});
