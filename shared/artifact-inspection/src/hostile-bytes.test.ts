import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFile } from './describe-file.ts';
import { InspectionError } from './inspection-error.ts';
import { findMisfits } from './judge/fits-profile.ts';
import { findBreaches } from './judge/keeps-contract.ts';
import { profileNames, profiles } from './judge/profiles.ts';
import { makeArchive, makeElf, makeObject } from './testing.ts';

const names = { exported: ['df_run', 'df_kernels'], undefined: ['memcpy'] };
const loaded = { ...names, needed: ['libc.so.6'], versions: ['GLIBC_2.4', 'GLIBC_2.34'], constructors: 1 };
const files = profileNames.flatMap((target) => [
  makeElf({ target, ...loaded }),
  makeElf({ target, kind: 'program', interpreter: '/lib/ld.so', ...loaded }),
  makeObject({ target, ...names, hidden: ['df_helper'], constructors: 1 }),
  makeArchive([makeObject({ target, ...names }), makeObject({ target })]),
]);

/** What people who attack readers of files write into them: edges of numbers, at whole fields. */
const edges = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
const change = fc.record({
  at: fc.nat(),
  value: fc.oneof(fc.constantFrom(...edges), fc.nat(4_096), fc.nat(0xffffffff)),
  bytes: fc.constantFrom(1, 2, 4),
});

describe('hostile bytes', () => {
  it('end in InspectionError or in facts that can be judged, never in anything else', () => {
    const outcomes = new Set<string>();
    const arbitrary = fc.tuple(fc.constantFrom(...files), fc.array(change, { maxLength: 6 }), fc.option(fc.nat()));
    fc.assert(
      fc.property(arbitrary, ([file, changes, cut]) => {
        const bytes = Buffer.from(file);
        for (const { at, value, bytes: width } of changes)
          bytes.writeUIntLE(value % 2 ** (8 * width), (at % (bytes.length - 4)) & ~(width - 1), width);
        try {
          const facts = describeFile(cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
          for (const name of profileNames) findMisfits(facts, profiles[name]);
          findBreaches(facts, 'library', ['dropforge', 'blueoil']);
          outcomes.add('facts');
        } catch (error) {
          expect(error).toBeInstanceOf(InspectionError);
          outcomes.add((error as InspectionError).code); // by the line above
        }
      }),
      { numRuns: 4_000 },
    );
    for (const code of ['facts', 'NOT_ELF', 'TRUNCATED', 'OUT_OF_RANGE', 'MALFORMED']) expect(outcomes).toContain(code);
  });

  it('are refused wherever a library is cut off', () => {
    for (const file of files.slice(0, 1))
      for (let length = 0; length < file.length; length++)
        expect(() => describeFile(file.subarray(0, length)), `${length}`).toThrow(InspectionError);
  });
});
