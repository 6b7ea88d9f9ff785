import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { type FreezeOptions, type FrozenDataset, freezeDataset } from './freeze-dataset.ts';
import { DropChanged } from './shards.ts';
import { looseFiles, memorySink, memorySource, tarGzOf, tarOf, zipOf } from './testing/archives.ts';
import { catsAndDogs, type Files, folderOf, picture } from './testing/pictures.ts';

async function freeze(files: Files, options?: FreezeOptions): Promise<FrozenDataset> {
  return freezeDataset({ archive: memorySource('drop.zip', await zipOf(files)) }, memorySink(), options);
}

/** Codes of findings with their severity, as `error CODE xN`. */
function said({ report }: FrozenDataset): string[] {
  return report.findings.map(({ severity, code, count }) => `${severity} ${code} x${count}`);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a dataset version', () => {
  it('is the same for the same files, whatever carried them and in whatever order', async () => {
    const files = await catsAndDogs();
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    const wrapped = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`pets/${path}`, bytes]));
    const sources = [
      { archive: memorySource('a.zip', await zipOf(files)) },
      { archive: memorySource('b.tar', await tarOf(reversed)) },
      { archive: memorySource('c.tgz', await tarGzOf(wrapped)) },
      { files: looseFiles('d', reversed) },
    ];
    const stores = [];
    for (const source of sources) {
      const sink = memorySink();
      const frozen = await freezeDataset(source, sink);
      expect(frozen.outcome).toBe('accepted');
      stores.push(Object.fromEntries([...sink.files].map(([name, bytes]) => [name, sha256(bytes)])));
    }
    expect(stores[1]).toEqual(stores[0]);
    expect(stores[2]).toEqual(stores[0]);
    expect(stores[3]).toEqual(stores[0]);
  });

  it('has shards of sorted ustar entries with the original bytes, and a manifest that describes them', async () => {
    const files = await catsAndDogs(12);
    const sink = memorySink();
    const frozen = await freezeDataset({ archive: memorySource('drop.zip', await zipOf(files)) }, sink);
    if (frozen.outcome !== 'accepted') throw new Error(said(frozen).join());
    const { manifest } = frozen;
    expect(manifest.classes).toEqual(['cat', 'dog']);
    const stored = sink.files.get(`${manifest.digest}/manifest.json`);
    expect(JSON.parse(String(stored))).toEqual(manifest);
    const originals = new Set(Object.values(files).map(sha256));
    const names: string[] = [];
    for (const shard of manifest.shards) {
      const bytes = sink.files.get(`${manifest.digest}/${shard.file}`) ?? Buffer.alloc(0);
      expect({ bytes: bytes.length, sha256: sha256(bytes) }).toEqual({ bytes: shard.bytes, sha256: shard.sha256 });
      const tar = extract();
      tar.end(bytes);
      for await (const entry of tar) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk); // without an encoding it yields buffers
        const digest = sha256(Buffer.concat(chunks));
        expect(entry.header.name).toMatch(new RegExp(`^${shard.split}/0000[01]/${digest.slice(0, 32)}\\.jpg$`));
        expect(entry.header.mtime).toEqual(new Date(0));
        expect(originals.delete(digest)).toBe(true);
        names.push(entry.header.name);
      }
    }
    expect(originals.size).toBe(0);
    expect(names).toEqual([...names].sort());
    const { train, validation } = manifest.splits;
    expect(train.images + validation.images).toBe(24);
    expect(validation.perClass.every((n) => n >= 1)).toBe(true);
  });

  it('keeps the split that the drop brings', async () => {
    for (const name of ['validation', 'val', 'valid', 'test', 'Val']) {
      const frozen = await freeze({
        ...(await folderOf('train/cat', 5)),
        ...(await folderOf('train/dog', 6)),
        ...(await folderOf(`${name}/cat`, 2)),
        ...(await folderOf(`${name}/dog`, 3)),
      });
      if (frozen.outcome !== 'accepted') throw new Error(said(frozen).join());
      expect(frozen.manifest.splits).toEqual({
        train: { images: 11, perClass: [5, 6] },
        validation: { images: 5, perClass: [2, 3] },
      });
    }
  });

  it('is not written again when it is there', async () => {
    const archive = memorySource('drop.zip', await zipOf(await catsAndDogs()));
    const sink = memorySink();
    const first = await freezeDataset({ archive }, sink);
    const written: string[] = [];
    const again = await freezeDataset({ archive }, { ...sink, write: async (name) => void written.push(name) });
    expect(again).toEqual(first);
    expect(written).toEqual([]);
  });

  it('is written anew when the manifest there is broken', async () => {
    const archive = memorySource('drop.zip', await zipOf(await catsAndDogs()));
    const sink = memorySink();
    const first = await freezeDataset({ archive }, sink);
    for (const name of sink.files.keys()) if (name.endsWith('manifest.json')) sink.files.set(name, Buffer.from('{'));
    expect(await freezeDataset({ archive }, sink)).toEqual(first);
  });

  it('has classes with any letters, sorted by code point', async () => {
    const names = ['Ünïcode 猫', '𝒜', '\uffee', 'zebra', "it's <b>&"];
    const files: Files = {};
    for (const name of names) Object.assign(files, await folderOf(name, 3));
    for (const archive of [await zipOf(files), await tarGzOf(files)]) {
      const frozen = await freezeDataset({ archive: memorySource('drop', archive) }, memorySink());
      if (frozen.outcome !== 'accepted') throw new Error(said(frozen).join());
      expect(frozen.manifest.classes).toEqual(["it's <b>&", 'zebra', 'Ünïcode 猫', '\uffee', '𝒜']);
    }
  });

  it('takes a decomposed and a composed name for the same class', async () => {
    const frozen = await freeze({
      ...(await folderOf('café'.normalize('NFC'), 4)),
      ...rename(await folderOf('café'.normalize('NFD'), 4)),
      ...(await folderOf('tea', 4)),
    });
    if (frozen.outcome !== 'accepted') throw new Error(said(frozen).join());
    expect(frozen.manifest.classes).toEqual(['café'.normalize('NFC'), 'tea']);
    expect(frozen.report.images.used).toBe(12);
  });

  it('brings the recipe along, at the top or in the wrapping folder, and keeps it out of the images', async () => {
    const recipe = Buffer.from('budget: {epochs: 3}\n');
    for (const path of ['recipe.yaml', 'recipe.yml', 'dropforge.yaml']) {
      const frozen = await freeze({ [path]: recipe, ...(await catsAndDogs()) });
      expect(frozen.recipe).toEqual({ path, text: String(recipe) });
      expect(said(frozen)).toEqual(['warning FEW_IMAGES x2']);
    }
    const wrapped = Object.fromEntries(
      Object.entries({ 'recipe.yaml': recipe, ...(await catsAndDogs()) }).map(([p, b]) => [`pets/${p}`, b]),
    );
    expect((await freeze(wrapped)).recipe?.path).toBe('pets/recipe.yaml');
  });
});

const rename = (files: Files) =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path.replace('.jpg', '-b.jpg'), bytes]));

describe('what fails outside the drop', () => {
  it('is thrown, not reported: a source that breaks', async () => {
    for (const bytes of [await tarOf(await catsAndDogs()), await tarGzOf(await catsAndDogs())]) {
      const breaks = function* () {
        yield bytes.subarray(0, bytes.length / 2);
        throw new Error('connection reset');
      };
      const archive = { ...memorySource('drop.tar', bytes), stream: () => Readable.from(breaks()) };
      await expect(freezeDataset({ archive }, memorySink())).rejects.toThrow('connection reset');
    }
    const zip = memorySource('drop.zip', await zipOf(await catsAndDogs()));
    const cut = {
      ...zip,
      read: (start: number, end: number) =>
        start === 0 && end < 1000 ? zip.read(start, end) : Promise.reject(new Error('timed out')),
    };
    await expect(freezeDataset({ archive: cut }, memorySink())).rejects.toThrow('timed out');
  });

  it('is thrown, not reported: a full disk below the sink', async () => {
    const archive = memorySource('drop.zip', await zipOf(await catsAndDogs()));
    const full = {
      find: async () => undefined,
      write: async () => Promise.reject(new Error('ENOSPC: no space left on device')),
    };
    await expect(freezeDataset({ archive }, full)).rejects.toThrow('ENOSPC');
  });

  it('is noticed when the drop changes between the passes', async () => {
    const files = await catsAndDogs();
    const name = 'cat/0.jpg';
    const first = looseFiles('drop', files);
    const second = looseFiles('drop', { ...files, [name]: await picture(999_999) });
    let passes = 0;
    const changing = { name: 'drop', list: () => (passes++ === 0 ? first : second).list() };
    await expect(freezeDataset({ files: changing }, memorySink())).rejects.toThrow(DropChanged);
  });
});
