import { describe, expect, it } from 'vitest';
import { isCompleteDrop } from './is-complete-drop.ts';

describe('a drop is complete', () => {
  it('when an archive lies in its folder', () => {
    for (const name of ['a.zip', 'A.ZIP', 'a.tar', 'a.tar.gz', 'a.tgz', 'red flower+1.zip', '猫.zip']) {
      const key = `drops/p/d/${name}`;
      expect(isCompleteDrop(key)).toEqual({ complete: 'archive', project: 'p', drop: key });
    }
  });

  it('when an archive of a kind that is not read lies there, so that its sender gets an answer', () => {
    for (const name of ['a.7z', 'a.rar', 'a.tar.xz', 'a.tar.bz2', 'a.tar.zst', 'a.gz'])
      expect(isCompleteDrop(`drops/p/d/${name}`)).toMatchObject({ complete: 'archive' });
  });

  it('when the marker closes its loose files', () => {
    expect(isCompleteDrop('drops/p/d/_READY')).toEqual({ complete: 'files', project: 'p', drop: 'drops/p/d/' });
  });
});

describe('a drop waits', () => {
  it('for loose files, recipes, and archives or markers inside its folders', () => {
    for (const path of [
      'cat/1.jpg',
      '1.jpg',
      'recipe.yaml',
      'more/a.zip',
      'cat/_READY',
      '_ready',
      '_READY.txt',
      'zip',
    ]) {
      expect(isCompleteDrop(`drops/p/d/${path}`), path).toEqual({
        complete: false,
        why: { waiting: 'for an archive or _READY in drops/p/d/' },
      });
    }
  });

  it('not at all for keys that are no object of a drop', () => {
    expect(isCompleteDrop('drops/p/a.zip')).toMatchObject({ complete: false, why: { other: expect.any(String) } });
    expect(isCompleteDrop('drops/p/../a.zip')).toMatchObject({ complete: false, why: { unsafe: expect.any(String) } });
    expect(isCompleteDrop('drops/p/d/')).toEqual({ complete: false, why: { other: 'a folder marker' } });
  });
});
