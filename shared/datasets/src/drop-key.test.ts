import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDropKey } from './drop-key.ts';

describe('a drop key', () => {
  it('is taken as it is: nothing is decoded, nothing normalised', () => {
    const names = [
      'red flower.jpg',
      'a+b.jpg',
      'a%20b.jpg',
      '%2e%2e',
      'é.jpg'.normalize('NFC'),
      'é.jpg'.normalize('NFD'),
      '🌷.jpg',
      '..jpg',
      '...',
      ' ',
    ];
    for (const path of names) {
      expect(readDropKey(`drops/my project/día+1/${path}`)).toEqual({
        project: 'my project',
        drop: 'día+1',
        prefix: 'drops/my project/día+1/',
        path,
      });
    }
    expect(readDropKey('drops/p/d/train/cat/1.jpg')).toMatchObject({ path: 'train/cat/1.jpg' });
  });

  it('may be up to 1024 bytes long', () => {
    const key = (bytes: number) => `drops/p/d/${'é'.repeat((bytes - 10) / 2)}`;
    expect(readDropKey(key(1024))).toMatchObject({ project: 'p' });
    expect(readDropKey(key(1026))).toEqual({ unsafe: 'longer than 1024 bytes' });
  });

  it('is no drop object when it lies elsewhere, is a folder marker, or is not in a folder of a drop', () => {
    for (const key of ['datasets/x/manifest.json', 'drop/p/d/x', 'DROPS/p/d/x', '/drops/p/d/x', ''])
      expect(readDropKey(key)).toEqual({ other: 'not below drops/' });
    for (const key of ['drops/', 'drops/p/', 'drops/p/d/', 'drops/p/d/cat/'])
      expect(readDropKey(key)).toEqual({ other: 'a folder marker' });
    for (const key of ['drops/x.zip', 'drops/p/x.zip'])
      expect(readDropKey(key)).toEqual({ other: "not in a drop's folder: drops/<project>/<drop>/" });
  });

  it('is unsafe when some file system would see another path in it', () => {
    for (const key of [
      'drops/../etc/x.zip',
      'drops/p/../x.zip',
      'drops/p/d/../x.zip',
      'drops/p/d/./x',
      'drops//d/x',
      'drops/p//x',
      'drops/p/d//x',
    ]) {
      expect(readDropKey(key), key).toEqual({ unsafe: 'has an empty, "." or ".." name' });
    }
    for (const key of ['drops/p/d/a\\b', 'drops/p/d/a\nb', 'drops/p/d/a\0b'])
      expect(readDropKey(key)).toEqual({ unsafe: 'has a control character or a backslash' });
    expect(readDropKey(`drops/${'p'.repeat(101)}/d/x`)).toEqual({
      unsafe: 'the project is longer than 100 characters',
    });
  });

  it('gives back exactly its key, for any key that is one', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(name, name, name, (project, drop, path) => {
        const object = readDropKey(`drops/${project}/${drop}/${path}`);
        if ('path' in object) expect(`${object.prefix}${object.path}`).toBe(`drops/${project}/${drop}/${path}`);
      }),
    );
  });
});
