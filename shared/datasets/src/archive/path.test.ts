import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { cleanPath, isSystemLitter } from './path.ts';

const segment = fc.oneof(
  fc.constantFrom('..', '.', '', 'cat', 'é', 'C:', '\\', '\0', '猫', ' ', '%2e%2e'),
  fc.string({ unit: 'grapheme' }),
);
const anyPath = fc.array(segment, { maxLength: 20 }).map((names) => names.join('/'));

describe('a cleaned path', () => {
  it('never climbs, is never absolute, and is clean already when cleaned again', () => {
    fc.assert(
      fc.property(anyPath, (raw) => {
        const clean = cleanPath(raw, defaultLimits);
        if ('unsafe' in clean) return;
        expect(clean.path).not.toMatch(/^\/|^[A-Za-z]:|\\|\0|(^|\/)\.{0,2}(\/|$)(?<!^)/);
        expect(cleanPath(clean.path, defaultLimits)).toEqual(clean);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for composed and decomposed letters', () => {
    expect(cleanPath('./cafe\u0301//1.jpg', defaultLimits)).toEqual({ path: 'caf\u00e9/1.jpg' });
  });

  it('keeps percent signs, plus signs and spaces as they are', () => {
    expect(cleanPath('a b+c%20d/%2e%2e/é.png', defaultLimits)).toEqual({ path: 'a b+c%20d/%2e%2e/é.png' });
  });

  it('is litter when a system left it behind', () => {
    for (const path of [
      '.DS_Store',
      'cat/.DS_Store',
      '__MACOSX/cat/x.jpg',
      'cat/._x.jpg',
      'Thumbs.db',
      'cat/thumbs.db',
    ]) {
      expect(isSystemLitter(path), path).toBe(true);
    }
    for (const path of ['cat/1.jpg', 'macosx/1.jpg', 'thumbs/1.jpg', 'a.b/c.jpg'])
      expect(isSystemLitter(path), path).toBe(false);
  });
});
