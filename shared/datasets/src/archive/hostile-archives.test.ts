import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { freezeDataset } from '../freeze-dataset.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { memorySink, memorySource, type RawZipEntry, rawZip, tarGzOf, tarOf, zipOf } from '../testing/archives.ts';
import { catsAndDogs, picture } from '../testing/pictures.ts';

const GB = 1_000_000_000;
const healthy = catsAndDogs();

/** Errors as `CODE first-place: detail`, and how many bytes were read to know. */
async function refusal(
  name: string,
  bytes: Buffer,
  limits: Partial<Limits> = {},
): Promise<{ errors: string[]; bytesRead: number }> {
  const source = memorySource(name, bytes);
  const sink = memorySink();
  const { outcome, report } = await freezeDataset({ archive: source }, sink, { limits });
  expect(outcome).toBe('rejected');
  expect(sink.files.size).toBe(0);
  const errors = report.findings
    .filter((f) => f.severity === 'error')
    .map(({ code, examples: [first] }) => `${code} ${first?.where}: ${first?.detail}`);
  return { errors, bytesRead: source.reads.bytes };
}

const errorsOf = async (name: string, bytes: Buffer, limits?: Partial<Limits>) =>
  (await refusal(name, bytes, limits)).errors;

/** A healthy zip entry that tests then make ill. */
async function entry(name: string | Buffer, more: Partial<RawZipEntry> = {}): Promise<RawZipEntry> {
  const packed = more.packed ?? (await picture(1));
  return { name, packed, crc: crc32(packed), ...more };
}

describe('what is no archive says so', () => {
  it('an empty file, a text file, an image, a packed file that is no tar', async () => {
    expect(await errorsOf('drop.zip', Buffer.alloc(0))).toEqual(['ARCHIVE_EMPTY drop.zip: the file has 0 bytes']);
    expect(await errorsOf('drop.zip', Buffer.from('just some text\n'))).toEqual([
      'NOT_AN_ARCHIVE drop.zip: it is a text file',
    ]);
    expect(await errorsOf('drop.zip', await picture(1))).toEqual(['NOT_AN_ARCHIVE drop.zip: a JPEG image']);
    expect(await errorsOf('drop.tgz', gzipSync('text'))).toEqual([
      'NOT_AN_ARCHIVE drop.tgz: it is a gzip file without a tar inside',
    ]);
    expect(await errorsOf('drop.tgz', gzipSync(''))).toEqual([
      'ARCHIVE_EMPTY drop.tgz: the gzip file unpacks to 0 bytes',
    ]);
    expect(await errorsOf('drop.7z', Buffer.from('7z\xbc\xaf\x27\x1c and more', 'latin1'))).toEqual([
      'UNSUPPORTED_ARCHIVE drop.7z: a 7-Zip archive',
    ]);
    expect(await errorsOf('drop.bin', Buffer.alloc(600, 0xee))).toEqual([
      'NOT_AN_ARCHIVE drop.bin: its first bytes are those of no archive',
    ]);
  });

  it('archives with nothing in them', async () => {
    expect(await errorsOf('drop.zip', await zipOf({}))).toEqual(['ARCHIVE_EMPTY drop.zip: no entries']);
    expect(await errorsOf('drop.tar', await tarOf({}))).toEqual(['ARCHIVE_EMPTY drop.tar: no entries']);
    expect(await errorsOf('drop.tgz', await tarGzOf({}))).toEqual(['ARCHIVE_EMPTY drop.tgz: no entries']);
    expect(await errorsOf('drop.zip', await zipOf({ '.DS_Store': Buffer.from('x') }))).toEqual([
      'ARCHIVE_EMPTY drop.zip: only files of the operating system',
    ]);
    const folders = await tarOf({}, [
      { name: 'cat/', type: 'directory' },
      { name: 'dog/', type: 'directory' },
    ]);
    expect(await errorsOf('drop.tar', folders)).toEqual(['NO_IMAGES : it has folders but no files']);
  });

  it('archives that were cut off', async () => {
    const files = await healthy;
    const [zip, tar, tgz] = [await zipOf(files), await tarOf(files), await tarGzOf(files)];
    expect((await errorsOf('drop.zip', zip.subarray(0, zip.length - 100)))[0]).toMatch(/^ARCHIVE_DAMAGED drop.zip: /);
    expect((await errorsOf('drop.tar', tar.subarray(0, tar.length / 2 - 200)))[0]).toBe(
      'ARCHIVE_DAMAGED drop.tar: unexpected end of data after 10 entries',
    );
    expect((await errorsOf('drop.tgz', tgz.subarray(0, tgz.length / 2)))[0]).toMatch(
      /^ARCHIVE_DAMAGED drop.tgz: unexpected end of file after \d+ entries/,
    );
    const scribbled = Buffer.from(tar);
    scribbled.fill(0x41, 1024, 2048);
    expect((await errorsOf('drop.tar', scribbled))[0]).toMatch(/^ARCHIVE_DAMAGED drop.tar: invalid tar header/);
  });

  it('a zip with a password, of either kind', async () => {
    expect(await errorsOf('drop.zip', rawZip([await entry('cat/1.jpg', { flags: 1 })]))).toEqual([
      'ARCHIVE_ENCRYPTED cat/1.jpg: cat/1.jpg needs a password',
    ]);
    expect((await errorsOf('drop.zip', rawZip([await entry('cat/1.jpg', { flags: 0x41 })])))[0]).toMatch(
      /^ARCHIVE_ENCRYPTED drop.zip: strong encryption/,
    );
  });

  it('a zip with a compression that is not read, by its name', async () => {
    expect(await errorsOf('drop.zip', rawZip([await entry('cat/1.jpg', { method: 12 })]))).toEqual([
      'UNSUPPORTED_ARCHIVE cat/1.jpg: a zip with bzip2 compression',
    ]);
  });
});

describe('archive bombs are refused', () => {
  it('10 GB declared in a zip: after its directory, before any content', async () => {
    const declared = rawZip([
      await entry('cat/1.jpg', { method: 8, size: 4 * GB }),
      await entry('cat/2.jpg', { method: 8, size: 4 * GB }),
      await entry('cat/3.jpg', { method: 8, size: 2 * GB }),
    ]);
    expect((await errorsOf('drop.zip', declared))[0]).toMatch(
      /^ARCHIVE_BOMB drop.zip: .* packed, it declares at least 4 GB/,
    );
    const { bytesRead } = await refusal('drop.zip', declared);
    expect(bytesRead).toBeLessThan(3 * declared.length);
    expect(await errorsOf('drop.zip', declared, { ratio: 1e12 })).toEqual([
      'ARCHIVE_TOO_LARGE drop.zip: it declares at least 10 GB, the limit is 8.6 GB',
    ]);
  });

  it('10 GB declared in a tar, packed or not: at the header', async () => {
    const header = (await tarOf({}, [{ name: 'cat/1.jpg', size: 0 }])).subarray(0, 512);
    header.write((10 * GB).toString(8).padStart(11, '0'), 124);
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const bomb = Buffer.concat([header, Buffer.alloc(4096)]);
    expect((await errorsOf('drop.tar', bomb))[0]).toMatch(/^ARCHIVE_BOMB drop.tar: .*declares at least 10 GB/);
    expect((await errorsOf('drop.tgz', gzipSync(bomb)))[0]).toMatch(
      /^ARCHIVE_BOMB drop.tgz: .*declares at least 10 GB/,
    );
  });

  it('a zip entry that unpacks to more than it declares: at the declared size', async () => {
    const packed = deflateRawSync(Buffer.alloc(10_000_000));
    expect(await errorsOf('drop.zip', rawZip([await entry('cat/1.jpg', { method: 8, packed, size: 1000 })]))).toEqual([
      'ARCHIVE_BOMB drop.zip: cat/1.jpg is larger than the 1 kB it declares',
    ]);
  });

  it('a gzip stream that goes on after what the tar declares: at the ratio', async () => {
    const bomb = gzipSync(Buffer.concat([await tarOf(await healthy), Buffer.alloc(20_000_000)]));
    expect((await errorsOf('drop.tgz', bomb, { ratioFloorBytes: 1_000_000 }))[0]).toMatch(
      /^ARCHIVE_BOMB drop.tgz: .* packed, it unpacks to at least/,
    );
  });

  it('zip entries that share the same bytes', async () => {
    const entries = await Promise.all(
      Array.from({ length: 50 }, (_, i) => entry(`cat/${i}.jpg`, { offset: 0, directoryPackedSize: 600 })),
    );
    const overlapping = rawZip(entries.map((one, i) => (i === 0 ? one : { ...one, packed: Buffer.alloc(0) })));
    expect((await errorsOf('drop.zip', overlapping))[0]).toBe(
      'ARCHIVE_BOMB drop.zip: its entries overlap: together they are larger than the file',
    );
  });

  it('more entries than allowed: zips before listing, tars while listing', async () => {
    const files = await healthy;
    const expected = (name: string) => [`ARCHIVE_TOO_LARGE ${name}: it has more than 5 entries`];
    expect(await errorsOf('drop.zip', await zipOf(files), { entries: 5 })).toEqual(expected('drop.zip'));
    expect(await errorsOf('drop.tgz', await tarGzOf(files), { entries: 5 })).toEqual(expected('drop.tgz'));
  });

  it('a zip inside the drop is not opened', async () => {
    const { report } = await freezeDataset(
      {
        archive: memorySource('drop.zip', await zipOf({ ...(await healthy), 'more.zip': await zipOf(await healthy) })),
      },
      memorySink(),
    );
    expect(report.outcome).toBe('accepted');
    expect(report.findings.find((f) => f.code === 'STRAY_FILE')?.examples).toEqual([
      { where: 'more.zip', detail: 'outside the class folders' },
    ]);
  });
});

describe('paths that lead elsewhere are refused, each with its reason', () => {
  const hostile = [
    ['../../etc/cron.d/1.jpg', 'climbs out with ".."'],
    ['cat/../../1.jpg', 'climbs out with ".."'],
    ['/etc/1.jpg', 'is absolute'],
    ['C:/windows/1.jpg', 'starts with a drive letter'],
    ['cat\\1.jpg', 'contains a backslash'],
    [`${'d/'.repeat(17)}1.jpg`, 'lies more than 16 folders deep'],
    [`cat/${'n'.repeat(1100)}.jpg`, 'is longer than 1024 bytes'],
  ] as const;

  it('in zips', async () => {
    for (const [path, reason] of hostile) {
      const [error] = await errorsOf('drop.zip', rawZip([await entry(path)]));
      expect(error?.startsWith('UNSAFE_PATH') && error.endsWith(`: ${reason}`), error).toBe(true);
    }
    expect((await errorsOf('drop.zip', rawZip([await entry('cat/1.jpg\0.txt')])))[0]).toBe(
      'UNSAFE_PATH cat/1.jpg\\u{0}.txt: contains a NUL character',
    );
  });

  it('in tars', async () => {
    for (const [name, reason] of hostile) {
      const [error] = await errorsOf(
        'drop.tar',
        await tarOf({}, [{ name, pax: { path: name }, content: await picture(1) }]),
      );
      expect(error?.startsWith('UNSAFE_PATH') && error.endsWith(`: ${reason}`), error).toBe(true);
    }
  });

  it('links and devices in tars and zips are told apart and never followed', async () => {
    const tar = await tarOf(await healthy, [
      { name: 'cat/a.jpg', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'cat/b.jpg', type: 'link', linkname: 'cat/0.jpg' },
      { name: 'cat/c.jpg', type: 'character-device', devmajor: 1, devminor: 5 },
      { name: 'cat/d.jpg', type: 'fifo' },
    ]);
    expect(await errorsOf('drop.tar', tar)).toEqual([
      'TOO_MANY_BAD_IMAGES : 4 of 24 images are bad (16.67 %), tolerated are 1 %',
      'LINK cat/a.jpg: is a symlink',
      'SPECIAL_FILE cat/c.jpg: is a device, a pipe or a socket',
    ]);
    const target = Buffer.from('/etc/passwd');
    const zip = rawZip([
      await entry('cat/1.jpg'),
      await entry('cat/a.jpg', { packed: target, mode: 0o120777 }),
      await entry('dog/p', { packed: target, mode: 0o010644 }),
    ]);
    const errors = await errorsOf('drop.zip', zip);
    expect(errors).toContain('LINK cat/a.jpg: is a symlink');
    expect(errors).toContain('SPECIAL_FILE dog/p: is a device, a pipe or a socket');
  });
});

describe('zip entries that lie about themselves are bad files, and the rest is read', () => {
  it('a wrong checksum, a wrong size, garbage, a local header elsewhere, an end beyond the file', async () => {
    const jpeg = await picture(1);
    const lies: Partial<RawZipEntry>[] = [
      { crc: 7 },
      { size: 5 },
      { method: 8 },
      { offset: 3 },
      { offset: 4_000_000_000 },
    ];
    for (const lie of lies) {
      const errors = await errorsOf(
        'drop.zip',
        rawZip([await entry('dog/1.jpg'), { ...(await entry('cat/1.jpg')), size: jpeg.length, ...lie }]),
      );
      expect(
        errors.find((line) => line.startsWith('ENTRY_DAMAGED cat/1.jpg')),
        `${Object.entries(lie)}: ${errors}`,
      ).toBeDefined();
    }
  });

  it('any bytes at all give a report, never a crash', async () => {
    const zip = await zipOf(await healthy);
    const tgz = await tarOf(await healthy);
    for (let round = 0; round < 60; round += 1) {
      for (const original of [zip, tgz]) {
        const bytes = Buffer.from(original);
        for (let i = 0; i < 8; i += 1)
          bytes[(round * 7919 + i * 104_729) % bytes.length] = (round * 31 + i * 17) & 0xff;
        const { report } = await freezeDataset({ archive: memorySource('drop', bytes) }, memorySink(), {
          limits: { ...defaultLimits, totalBytes: 1e7 },
        });
        expect(['accepted', 'rejected']).toContain(report.outcome);
      }
    }
  });
});
