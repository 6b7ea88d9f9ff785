import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { freezeDataset } from './freeze-dataset.ts';
import { memorySink, memorySource, tarOf } from './testing/archives.ts';
import { catsAndDogs, type Files, folderOf, picture } from './testing/pictures.ts';
import { reportOn, said } from './testing/reports.ts';

/** Enough good images that a single bad one is within the tolerance of 1 %. */
const plenty = catsAndDogs(60);

describe('a drop is rejected with every reason at once', () => {
  it('when more images are bad than tolerated, the kinds of faults become errors', async () => {
    const files = { ...(await catsAndDogs(30)), 'cat/a.jpg': Buffer.alloc(0), 'dog/b.jpg': Buffer.from('no image') };
    const report = await reportOn(files);
    expect(report.outcome).toBe('rejected');
    expect(said(report)).toEqual([
      'TOO_MANY_BAD_IMAGES x1 : 2 of 62 images are bad (3.23 %), tolerated are 1 %',
      'EMPTY_FILE x1 cat/a.jpg: 0 bytes',
      'IMAGE_WRONG_TYPE x1 dog/b.jpg: is named like an image but is no image',
    ]);
    expect(report.findings.filter((f) => f.severity === 'error')).toHaveLength(3);
    expect((await reportOn(files, { tolerance: { badFraction: 0.05 } })).outcome).toBe('accepted');
  });

  it('when one class loses too much, though the drop as a whole is within the tolerance', async () => {
    const files: Files = { ...(await folderOf('cat', 300)), ...(await folderOf('dog', 20)) };
    for (let i = 0; i < 3; i += 1) files[`dog/bad${i}.jpg`] = Buffer.from('bad');
    const report = await reportOn(files);
    expect(said(report)[0]).toBe('TOO_MANY_BAD_IMAGES x1 dog: 3 of 23 images are bad (13.04 %), tolerated are 5 %');
  });

  it('70 classes with one image each: clear, counted, the first twenty named', async () => {
    const files: Files = {};
    for (let i = 0; i < 70; i += 1) files[`class ${String(i).padStart(2, '0')}/1.jpg`] = await picture(i);
    const { outcome, findings } = await reportOn(files);
    expect(outcome).toBe('rejected');
    const [finding] = findings;
    expect(finding?.message).toBe('70 classes have too few images to both train and validate.');
    expect(finding?.action).toContain('at least 2');
    expect(finding?.count).toBe(70);
    expect(finding?.examples).toHaveLength(20);
  });

  it('one class only', async () => {
    expect(said(await reportOn(await folderOf('cat', 5)))).toEqual([
      'ONE_CLASS x1 cat: "cat" (1 folder with images directly inside)',
    ]);
  });

  it('a class without images, named by its folder, by stray files in it, or left empty by bad ones', async () => {
    const tar = await tarOf(await catsAndDogs(), [{ name: 'owl/', type: 'directory' }]);
    const { report } = await freezeDataset({ archive: memorySource('drop.tar', tar) }, memorySink());
    expect(said(report)).toEqual(['EMPTY_CLASS x1 owl: no usable image']);
    expect(said(await reportOn({ ...(await catsAndDogs()), 'owl/readme.txt': Buffer.from('none yet') }))).toContain(
      'EMPTY_CLASS x1 owl: no usable image',
    );
    expect(said(await reportOn({ ...(await plenty), 'owl/1.jpg': Buffer.alloc(0) }))).toContain(
      'EMPTY_CLASS x1 owl: no usable image',
    );
  });

  it('classes that are in one split only', async () => {
    const files = {
      ...(await folderOf('train/cat', 3)),
      ...(await folderOf('train/dog', 3)),
      ...(await folderOf('val/cat', 3)),
      ...(await folderOf('val/Dog', 3)),
    };
    const found = said(await reportOn(files));
    expect(found).toEqual([
      'SPLIT_CLASS_MISMATCH x2 Dog: missing from train',
      'CLASS_CASE_COLLISION x1 Dog: "Dog" and "dog"',
    ]);
  });

  it('a split that is not one: the same pictures on both sides', async () => {
    const cats = await folderOf('train/cat', 5);
    const dogs = await folderOf('train/dog', 5);
    const copies = Object.fromEntries(
      Object.entries({ ...cats, ...dogs }).map(([path, bytes]) => [path.replace('train', 'test'), bytes]),
    );
    const found = said(await reportOn({ ...cats, ...dogs, ...copies }));
    expect(found).toContain('SPLIT_LEAK x1 : 10 of 10 validation images are training images too');
    expect(found).toContain('DUPLICATE_ACROSS_SPLITS x10 train/cat/0.jpg: same content as test/cat/0.jpg');
  });

  it('folders that differ only in case', async () => {
    const found = said(await reportOn({ ...(await catsAndDogs()), ...(await folderOf('Cat', 5)) }));
    expect(found).toEqual(['CLASS_CASE_COLLISION x1 Cat: "Cat" and "cat"']);
    const splits = said(
      await reportOn({
        ...(await folderOf('train/a', 3)),
        ...(await folderOf('Train/b', 3)),
        ...(await folderOf('Train/a', 3)),
      }),
    );
    expect(splits).toContain('CLASS_CASE_COLLISION x1 Train/a/: "Train/a/" and "train/a/"');
  });

  it('only validation images', async () => {
    expect(said(await reportOn({ ...(await folderOf('test/cat', 3)), ...(await folderOf('test/dog', 3)) }))).toEqual([
      'NO_TRAIN_SPLIT x1 : no folder named train has class folders',
    ]);
  });

  it('no images at all, or images of the wrong type only', async () => {
    expect(said(await reportOn({ 'readme.txt': Buffer.from('hello') }))).toEqual([
      'NO_IMAGES x1 : its only file is none',
    ]);
    const gif = await picture(1, 'gif');
    const found = said(await reportOn({ 'cat/1.gif': gif, 'dog/1.gif': await picture(2, 'gif') }));
    expect(found).toContain('IMAGE_WRONG_TYPE x2 cat/1.gif: is a GIF image');
    expect(found).toContain('EMPTY_CLASS x2 cat: no usable image');
  });

  it('images side by side, or in no recognisable folders', async () => {
    const flat = { 'a.jpg': await picture(1), 'b.jpg': await picture(2) };
    expect(said(await reportOn(flat))).toEqual([
      'LAYOUT_UNKNOWN x1 : the images lie side by side, not in class folders',
    ]);
    const deep = { ...(await folderOf('a/b/c', 2)), ...(await folderOf('d/e/f', 2)) };
    expect(said(await reportOn(deep))).toEqual([
      'LAYOUT_UNKNOWN x1 : the images lie in folders inside folders; no folder is clearly a class',
    ]);
  });

  it('a dataset of another task, by its name', async () => {
    const found = said(
      await reportOn({ ...(await folderOf('images', 3)), 'annotations-bbox.csv': Buffer.from('ImageID\n') }),
    );
    expect(found).toEqual(['LAYOUT_UNSUPPORTED x1 : annotations-bbox.csv is OpenImages V4 (object detection)']);
  });

  it('a class name that would forge the text around it', async () => {
    const found = said(await reportOn({ ...(await catsAndDogs()), ...(await folderOf('a\u202Eb', 5)) }));
    expect(found).toEqual(['CLASS_NAME_UNUSABLE x1 a\\u{202e}b: cannot be shown or stored']);
  });
});

describe('what is odd is told and lived with', () => {
  it('files outside the class folders, and files in them that are no images', async () => {
    const report = await reportOn({
      ...(await catsAndDogs()),
      'readme.txt': Buffer.from('hello'),
      'cat/notes.csv': Buffer.from('a,b'),
    });
    expect([report.outcome, ...said(report)]).toEqual(['accepted', 'STRAY_FILE x2 cat/notes.csv: not an image']);
  });

  it('what operating systems leave behind is passed over in silence', async () => {
    const litter = Buffer.from('litter');
    const names = ['.DS_Store', '__MACOSX/cat/._0.jpg', 'cat/Thumbs.db', 'dog/._1.jpg', 'desktop.ini', '.git/HEAD'];
    const report = await reportOn({
      ...(await catsAndDogs()),
      ...Object.fromEntries(names.map((name) => [name, litter])),
    });
    expect([report.outcome, ...said(report)]).toEqual(['accepted']);
  });

  it('copies inside a split: one is used', async () => {
    const files = await catsAndDogs();
    const report = await reportOn({ ...files, 'cat/copy.jpg': files['cat/0.jpg'] ?? Buffer.alloc(0) });
    expect([report.outcome, ...said(report)]).toEqual([
      'accepted',
      'DUPLICATE_IN_SPLIT x1 cat/copy.jpg: same content as cat/0.jpg',
    ]);
    expect(report.images).toEqual({ seen: 21, used: 20, excluded: 1, bad: 0 });
  });

  it('a few copies across splits: taken out of training', async () => {
    const files = {
      ...(await folderOf('train/cat', 20)),
      ...(await folderOf('train/dog', 20)),
      ...(await folderOf('val/cat', 10)),
      ...(await folderOf('val/dog', 10)),
    };
    const report = await reportOn({ ...files, 'train/cat/leak.jpg': files['val/cat/3.jpg'] ?? Buffer.alloc(0) });
    expect([report.outcome, ...said(report)]).toEqual([
      'accepted',
      'DUPLICATE_ACROSS_SPLITS x1 train/cat/leak.jpg: same content as val/cat/3.jpg',
    ]);
    expect(report.dataset).toMatchObject({ trainImages: 40, validationImages: 20 });
  });

  it('one picture in two classes: neither copy is used', async () => {
    const files = await catsAndDogs(120);
    const report = await reportOn({ ...files, 'dog/cat.jpg': files['cat/0.jpg'] ?? Buffer.alloc(0) });
    expect([report.outcome, ...said(report)]).toEqual([
      'accepted',
      'CONFLICTING_LABELS x2 cat/0.jpg: same content as dog/cat.jpg',
    ]);
    expect(report.images).toEqual({ seen: 241, used: 239, excluded: 2, bad: 2 });
  });

  it('files that differ only in case: both are used', async () => {
    const report = await reportOn({
      ...(await catsAndDogs()),
      'cat/A.JPG': await picture(11),
      'cat/a.jpg': await picture(12),
    });
    expect([report.outcome, ...said(report)]).toEqual([
      'accepted',
      'FILE_CASE_COLLISION x1 cat/a.jpg: beside cat/A.JPG',
    ]);
  });

  it('a further split, transparency, unequal classes, odd class names', async () => {
    const alpha = await sharp({
      create: { width: 8, height: 8, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } },
    })
      .png()
      .toBuffer();
    const report = await reportOn({
      ...(await folderOf('train/cat', 25)),
      ...(await folderOf('train/dog ', 1)),
      'train/cat/alpha.png': alpha,
      ...(await folderOf('val/cat', 2)),
      ...(await folderOf('val/dog ', 2)),
      ...(await folderOf('test/cat', 4)),
    });
    expect([report.outcome, ...said(report)]).toEqual([
      'accepted',
      'CLASS_NAME_ODD x1 dog : "dog "',
      'UNBALANCED_CLASSES x1 : "cat" has 26 training images, "dog " has 1',
      'TRANSPARENT_IMAGE x1 train/cat/alpha.png: has an alpha channel',
      'UNUSED_SPLIT x4 test/cat/0.jpg: in a split that is not used',
    ]);
  });

  it('an archive that is not what its name says', async () => {
    const { report } = await freezeDataset(
      { archive: memorySource('drop.zip', await tarOf(await catsAndDogs())) },
      memorySink(),
    );
    expect([report.outcome, ...said(report)]).toEqual([
      'accepted',
      'MISNAMED_ARCHIVE x1 drop.zip: named .zip but it is tar',
    ]);
  });
});
