import { describe, expect, it } from 'vitest';
import { caltech101 } from './caltech101.ts';
import type { Layout } from './format.ts';

/** The layout of a drop with these images. */
function layoutOf(...paths: string[]): Layout {
  const found = caltech101.detect(paths.map((path) => ({ path, isImage: !path.endsWith('.txt') })));
  if (found === undefined || 'refused' in found) throw new Error(found?.refused ?? 'not recognised');
  return found;
}

/** Where a layout puts a path: `split/class`, or the role. */
function placed(layout: Layout, path: string): string {
  const place = layout.placeOf(path);
  return place.role === 'image' ? `${place.split}/${place.className}` : place.role;
}

const many = (folder: string, count = 20) => Array.from({ length: count }, (_, i) => `${folder}/${i}.jpg`);

describe('class folders', () => {
  it('are recognised with and without one wrapping folder', () => {
    const plain = layoutOf('cat/1.jpg', 'dog/1.jpg');
    expect(placed(plain, 'cat/1.jpg')).toBe('unsplit/cat');
    expect(plain.evidence).toBe('2 folders with images directly inside');
    const wrapped = layoutOf('pets/cat/1.jpg', 'pets/dog/1.jpg', 'pets/readme.txt');
    expect(placed(wrapped, 'pets/dog/1.jpg')).toBe('unsplit/dog');
    expect(placed(wrapped, 'pets/readme.txt')).toBe('stray');
    expect(placed(wrapped, 'elsewhere/1.jpg')).toBe('stray');
    expect(wrapped.evidence).toBe('2 folders with images directly inside, all in pets/');
  });

  it('are recognised though a few files lie elsewhere', () => {
    const layout = layoutOf('preview.jpg', ...many('pets/cat'), ...many('pets/dog'), 'pets/cat/deep/er/1.jpg');
    expect(layout.root).toBe('pets/');
    expect(placed(layout, 'preview.jpg')).toBe('stray');
    expect(placed(layout, 'pets/cat/deep/er/1.jpg')).toBe('misplaced');
  });

  it('may be called like a split when images lie directly inside', () => {
    const vehicles = layoutOf(...many('train'), ...many('plane'), ...many('test'));
    expect(vehicles.isSplit).toBe(false);
    expect(placed(vehicles, 'train/1.jpg')).toBe('unsplit/train');
  });
});

describe('split folders', () => {
  it('are recognised by their names, in any case, with and without a wrapping folder', () => {
    for (const name of ['validation', 'val', 'valid', 'test', 'VAL']) {
      const layout = layoutOf(...many(`d/Train/cat`), ...many(`d/${name}/cat`));
      expect(layout.isSplit).toBe(true);
      expect(placed(layout, 'd/Train/cat/1.jpg')).toBe('train/cat');
      expect(placed(layout, `d/${name}/cat/1.jpg`)).toBe('validation/cat');
    }
  });

  it('leave a test split unused when there is a validation split', () => {
    const layout = layoutOf('train/a/1.jpg', 'val/a/1.jpg', 'test/a/1.jpg');
    expect(placed(layout, 'val/a/1.jpg')).toBe('validation/a');
    expect(placed(layout, 'test/a/1.jpg')).toBe('unused');
  });

  it('are split further when there is only a training folder', () => {
    const layout = layoutOf('train/a/1.jpg', 'train/b/1.jpg');
    expect(layout.isSplit).toBe(false);
    expect(placed(layout, 'train/a/1.jpg')).toBe('unsplit/a');
  });

  it('make other top folders stray', () => {
    const layout = layoutOf(...many('train/a'), ...many('val/a'), ...many('extra/a'));
    expect(placed(layout, 'extra/a/1.jpg')).toBe('stray');
  });

  it('name the class of a folder, empty or not', () => {
    const layout = layoutOf('train/a/1.jpg', 'val/a/1.jpg', 'test/a/1.jpg');
    expect(layout.classOfFolder('train/b')).toEqual({ split: 'train', className: 'b' });
    for (const path of ['train', 'train/b/c', 'test/b', 'other/b'])
      expect(layout.classOfFolder(path), path).toBeUndefined();
  });
});
