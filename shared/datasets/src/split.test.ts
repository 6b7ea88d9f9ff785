import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitByPathHash } from './split.ts';

const paths = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 60 });

describe('the split by path hash', () => {
  it('puts every class of two or more on both sides, and a single image into training', () => {
    fc.assert(
      fc.property(paths, fc.double({ min: 0, max: 1, noNaN: true }), (names, fraction) => {
        expect(new Set(splitByPathHash(names, fraction))).toEqual(new Set(['train', 'validation']));
      }),
    );
    expect(splitByPathHash(['cat/1.jpg'], 0.9)).toEqual(['train']);
    expect(splitByPathHash([], 0.1)).toEqual([]);
  });

  it('does not depend on the order of the images', () => {
    fc.assert(
      fc.property(paths, (names) => {
        const forward = splitByPathHash(names, 0.1);
        const backward = splitByPathHash([...names].reverse(), 0.1);
        expect(backward.reverse()).toEqual(forward);
      }),
    );
  });

  it('stays when images are added: at most the one image moves that had been moved to fill an empty side', () => {
    fc.assert(
      fc.property(paths, paths, (names, added) => {
        const before = splitByPathHash(names, 0.1);
        const all = [...new Set([...names, ...added])];
        const after = splitByPathHash(all, 0.1);
        const moved = names.filter((_, i) => before[i] !== after[i]);
        expect(moved.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('comes near to the fraction asked for', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `cat/${i}.jpg`);
    const share = splitByPathHash(many, 0.1).filter((split) => split === 'validation').length / many.length;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.11);
  });
});
