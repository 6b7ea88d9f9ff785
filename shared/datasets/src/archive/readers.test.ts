import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { freezeDataset } from '../freeze-dataset.ts';
import { defaultLimits } from '../limits.ts';
import type { DropReader } from '../ports.ts';
import { looseFiles, memorySink, memorySource, rawZip, tarOf, zipOf } from '../testing/archives.ts';
import { catsAndDogs, type Files } from '../testing/pictures.ts';
import { openLoose } from './loose.ts';
import { openArchive } from './open-archive.ts';

const long = `${'a'.repeat(90)}/${'b'.repeat(90)}/${'c'.repeat(90)}.txt`;
const files: Files = {
  'a.txt': Buffer.from('one'),
  'empty.txt': Buffer.alloc(0),
  'größe/猫.txt': Buffer.from('two'),
  [long]: Buffer.from('three'),
  'big.bin': Buffer.alloc(300_000, 7),
};

async function contentsOf(drop: DropReader, wanted?: (index: number) => boolean): Promise<Files> {
  const contents: Files = {};
  for await (const entry of drop.entries(wanted)) {
    if (wanted === undefined || wanted(entry.index)) contents[entry.path] = await entry.read();
  }
  return contents;
}

async function everyReader(): Promise<DropReader[]> {
  const tar = await tarOf(files);
  // A gzip file may be several, one after the other, as parallel packers write them.
  const members = Buffer.concat([gzipSync(tar.subarray(0, 5000)), gzipSync(tar.subarray(5000))]);
  const archives = [await zipOf(files), tar, gzipSync(tar), members];
  const opened = await Promise.all(archives.map((bytes) => openArchive(memorySource('drop', bytes), defaultLimits)));
  return [...opened, openLoose(looseFiles('drop', files), defaultLimits)];
}

describe('every carrier', () => {
  it('gives the same names and contents, twice', async () => {
    for (const drop of await everyReader()) {
      expect(await contentsOf(drop)).toEqual(files);
      expect(await contentsOf(drop)).toEqual(files);
    }
  });

  it('gives an entry the same index in every pass, and skips what is not wanted', async () => {
    for (const drop of await everyReader()) {
      const indexes = new Map<string, number>();
      for await (const entry of drop.entries()) indexes.set(entry.path, entry.index);
      const big = indexes.get('big.bin');
      expect(await contentsOf(drop, (index) => index === big)).toEqual({ 'big.bin': files['big.bin'] });
    }
  });

  it('may be left in the middle', async () => {
    for (const drop of await everyReader()) {
      for await (const entry of drop.entries()) {
        await entry.read();
        break;
      }
      expect(Object.keys(await contentsOf(drop))).toHaveLength(5);
    }
  });
});

describe('a zip', () => {
  it('of many entries is read in a few ranges', async () => {
    const source = memorySource('drop.zip', await zipOf(await catsAndDogs(200)));
    const { outcome } = await freezeDataset({ archive: source }, memorySink());
    expect(outcome).toBe('accepted');
    expect(source.reads.count).toBeLessThan(10);
  });

  it('has names in UTF-8 without the flag, or in code page 437', async () => {
    const zip = rawZip([{ name: Buffer.from('größe.txt') }, { name: Buffer.from('gr\x94\xe1e-437.txt', 'latin1') }]);
    const drop = await openArchive(memorySource('drop.zip', zip), defaultLimits);
    const names: unknown[] = [];
    for await (const { path, isUtf8 } of drop.entries()) names.push({ path, isUtf8 });
    expect(names).toEqual([
      { path: 'größe.txt', isUtf8: true },
      { path: 'größe-437.txt', isUtf8: false },
    ]);
  });

  it('in the zip64 form is read like any other', async () => {
    const { ZipFile } = await import('yazl');
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('one'), 'a.txt', { forceZip64Format: true });
    zip.end({ forceZip64Format: true, comment: '' });
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
    const drop = await openArchive(memorySource('drop.zip', Buffer.concat(chunks)), defaultLimits);
    expect(await contentsOf(drop)).toEqual({ 'a.txt': Buffer.from('one') });
  });
});

describe('a tar', () => {
  it('has names that are not UTF-8: kept apart, and said so', async () => {
    const tar = await tarOf({ caf1: Buffer.from('1'), caf2: Buffer.from('2') });
    for (const [at, byte] of [
      [0, 0xe8],
      [1024, 0xe9],
    ] as const) {
      tar[at + 3] = byte;
      const sum = tar.subarray(at, at + 512).reduce((total, b, i) => total + (i >= 148 && i < 156 ? 32 : b), 0);
      tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
    }
    const drop = await openArchive(memorySource('drop.tar', tar), defaultLimits);
    const names: unknown[] = [];
    for await (const { path, isUtf8 } of drop.entries()) names.push([path, isUtf8]);
    expect(names).toEqual([
      ['cafè', false],
      ['café', false],
    ]);
  });

  it('that names a file twice means the last one', async () => {
    const [first, second] = Object.values(await catsAndDogs(1));
    const pets = await catsAndDogs(3);
    const tar = await tarOf({ 'cat/x.jpg': first ?? Buffer.alloc(0), ...pets }, [
      { name: 'cat/x.jpg', content: second ?? Buffer.alloc(0) },
    ]);
    const twice = await freezeDataset({ archive: memorySource('drop.tar', tar) }, memorySink());
    const once = await freezeDataset(
      { archive: memorySource('drop.tar', await tarOf({ ...pets, 'cat/x.jpg': second ?? Buffer.alloc(0) })) },
      memorySink(),
    );
    expect(twice.report.findings.map((f) => f.code)).toContain('DUPLICATE_PATH');
    expect(twice.report.dataset).toEqual(once.report.dataset);
  });
});

describe('loose files', () => {
  it('are opened several at a time, but never far ahead', async () => {
    let open = 0;
    let most = 0;
    const source = looseFiles(
      'drop',
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${i}.txt`, Buffer.from('x')])),
    );
    const counted = {
      name: 'drop',
      async *list() {
        for await (const file of source.list()) {
          const opened = async () => {
            open += 1;
            most = Math.max(most, open);
            return file.open();
          };
          yield { ...file, open: opened };
        }
      },
    };
    for await (const entry of openLoose(counted, defaultLimits).entries()) {
      await entry.read();
      open -= 1;
    }
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(18);
  });

  it('that have other bytes than listed are bad files', async () => {
    const drop = openLoose(
      {
        name: 'drop',
        list: async function* () {
          yield* [
            { path: 'a', size: 9, open: async () => (await import('node:stream')).Readable.from([Buffer.from('x')]) },
          ];
        },
      },
      defaultLimits,
    );
    for await (const entry of drop.entries()) await expect(entry.read()).rejects.toThrow('listed with 9 bytes');
  });
});
