import { describe, expect, it } from 'vitest';
import { describeFile } from '../describe-file.ts';
import { type ElfPlan, makeArchive, makeElf, makeObject, type ObjectPlan } from '../testing.ts';
import { abis } from './abi.ts';
import { findMisfits } from './fits-profile.ts';
import { findBreaches } from './keeps-contract.ts';
import { memoryPeak } from './memory.ts';
import { type ProfileName, profileNames, profiles } from './profiles.ts';

const exported = [...abis.dropforge, ...abis.blueoil];
const codes = (faults: readonly { code: string }[]) => faults.map(({ code }) => code);
const misfits = (profile: ProfileName, plan: ElfPlan, stackBytes?: number) =>
  codes(findMisfits(describeFile(makeElf(plan)), profiles[profile], stackBytes));
const breaches = (plan: Omit<ElfPlan, 'target'>) =>
  codes(
    findBreaches(describeFile(makeElf({ target: 'aarch64', exported, ...plan })), 'library', ['dropforge', 'blueoil']),
  );

describe('a device', () => {
  it.each(profileNames)('%s takes files for its own machine and names the others', (name) => {
    for (const target of profileNames)
      expect(misfits(name, { target, exported })).toEqual(
        profiles[target].machine === profiles[name].machine ? [] : ['WRONG_MACHINE'],
      );
  });

  it('with a Cortex-A9 takes hard float of the fifth EABI alone', () => {
    expect(misfits('armv7l', { target: 'armv7l', floatAbi: 'soft' })).toEqual(['WRONG_FLOAT_ABI']);
    const soft = makeArchive([makeObject({ target: 'armv7l' }), makeObject({ target: 'armv7l', floatAbi: 'soft' })]);
    expect(codes(findMisfits(describeFile(soft), profiles.armv7l))).toEqual(['WRONG_FLOAT_ABI']);
    const old = makeElf({ target: 'armv7l' });
    old.writeUInt32LE(0x04000400, 36);
    expect(codes(findMisfits(describeFile(old), profiles.armv7l))).toEqual(['WRONG_OS_ABI']);
  });

  it('with a Cortex-A9 refuses instructions that came after it', () => {
    const facts = describeFile(makeElf({ target: 'armv7l' }));
    const beyond = (change: object) =>
      codes(findMisfits({ ...facts, arm: { eabi: 5, floatAbi: 'hard', ...change } }, profiles.armv7l));
    expect(beyond({ architecture: 10, floatingPoint: 4, simd: 1 })).toEqual([]);
    expect(beyond({ architecture: 14 })).toEqual(['WRONG_PROCESSOR']);
    expect(beyond({ floatingPoint: 5, simd: 2 })).toEqual(['WRONG_PROCESSOR', 'WRONG_PROCESSOR']);
  });

  it('takes the libraries and the C library that it has, and no newer one', () => {
    const needing = (needed: string[], versions: string[] = []) =>
      misfits('armv7l', { target: 'armv7l', needed, versions });
    expect(needing(['libc.so.6'], ['GLIBC_2.4', 'GLIBC_2.23'])).toEqual([]);
    expect(needing(['libc.so.6'], ['GLIBC_2.4', 'GLIBC_2.24'])).toEqual(['NEEDS_GLIBC']);
    expect(needing(['libc.so.6'], ['GLIBC_2.9'])).toEqual([]); // 9 is less than 23
    expect(needing(['libtorch.so'])).toEqual(['NEEDS_LIBRARY']);
    const plan = { target: 'armv7l', kind: 'program', interpreter: '/lib/ld-musl-armhf.so.1' } as const;
    expect(misfits('armv7l', plan)).toEqual(['NEEDS_INTERPRETER']);
  });

  it('with large pages refuses what is linked for small ones', () => {
    expect(misfits('x86_64', { target: 'x86_64', pageBytes: 4_096 })).toEqual([]);
    expect(misfits('aarch64', { target: 'aarch64', pageBytes: 16_384 })).toEqual([]);
    expect(misfits('aarch64', { target: 'aarch64', pageBytes: 4_096 })).toEqual(['PAGE_SIZE']);
  });

  it('refuses a system that is not Linux', () => {
    const other = makeElf({ target: 'x86_64' });
    other[7] = 9; // FreeBSD
    expect(codes(findMisfits(describeFile(other), profiles.x86_64))).toEqual(['WRONG_OS_ABI']);
  });

  it('counts mapped memory in its own pages, and the stack', () => {
    const facts = describeFile(makeElf({ target: 'aarch64', zeroBytes: 20_000 }));
    expect(memoryPeak(facts, profiles.aarch64, 1_000)).toEqual({
      mappedBytes: 16_384 + 2 * 16_384, // the code's page, and two for the data behind it
      ...{ stackBytes: 1_000, isStackKnown: true, peakBytes: 3 * 16_384 + 1_000 },
    });
    const withThreads = describeFile(makeElf({ target: 'aarch64', zeroBytes: 20_000, threadBytes: 5_000 }));
    expect(memoryPeak(withThreads, profiles.aarch64, 1_000).peakBytes).toBe(3 * 16_384 + 1_000 + 5_000 + 8);
    expect(memoryPeak(facts, profiles.aarch64)).toMatchObject({ isStackKnown: false, stackBytes: 8 * 2 ** 20 });
  });

  it('refuses what takes more memory or disk than it has', () => {
    const limit = profiles.armv7l.maximumMemoryBytes;
    expect(misfits('armv7l', { target: 'armv7l', zeroBytes: limit - 2 * 4_096 - 1_000 }, 1_000)).toEqual([]);
    expect(misfits('armv7l', { target: 'armv7l', zeroBytes: limit }, 1_000)).toEqual(['MEMORY_PEAK']);
    const facts = { ...describeFile(makeElf({ target: 'armv7l' })), bytes: 33 * 2 ** 20 };
    expect(codes(findMisfits(facts, profiles.armv7l))).toEqual(['TOO_LARGE']);
  });
});

describe('a library of ours', () => {
  it('keeps every promise', () => expect(breaches({})).toEqual([]));

  it.each<[string, Omit<ElfPlan, 'target'>, string[]]>([
    ['needs no library', { needed: ['libc.so.6'] }, ['NEEDS_LIBRARY']],
    ['needs no library by any other tag', { auxiliary: 'libevil.so' }, ['NEEDS_LIBRARY']],
    ['needs no version', { needed: ['libc.so.6'], versions: ['GLIBC_2.17'] }, ['NEEDS_LIBRARY', 'NEEDS_GLIBC']],
    ['asks nobody for a symbol', { undefined: ['memcpy'] }, ['NEEDS_SYMBOL']],
    ['leaves the stack as it is', { executableStack: true }, ['EXECUTABLE_STACK']],
    ['never writes what it runs', { writableCode: true }, ['WRITABLE_CODE']],
    ['has no relocations in its code', { textRelocations: true }, ['TEXT_RELOCATIONS']],
    ['is read-only after loading', { relro: false }, ['RELRO_MISSING']],
    ['does nothing when it is loaded', { constructors: 1 }, ['HAS_CONSTRUCTORS']],
    ['has the whole ABI', { exported: exported.slice(1) }, ['SYMBOL_MISSING']],
    ['defines nothing else', { exported: [...exported, 'malloc'] }, ['SYMBOL_UNEXPECTED']],
    ['is a library', { kind: 'program' }, ['WRONG_KIND', 'RELRO_MISSING', 'SYMBOL_MISSING']],
  ])('%s', (_, plan, expected) => expect(breaches(plan)).toEqual(expected));

  it('may be static: what one object file hides is there for the others', () => {
    const archive = (...plans: Partial<ObjectPlan>[]) => {
      const facts = describeFile(makeArchive(plans.map((plan) => makeObject({ target: 'aarch64', ...plan }))));
      return codes(findBreaches(facts, 'archive', ['dropforge', 'blueoil']));
    };
    expect(archive({ exported, undefined: ['df_helper'] }, { hidden: ['df_helper'] })).toEqual([]);
    expect(archive({ exported, undefined: ['df_helper'] }, {})).toEqual(['NEEDS_SYMBOL']);
    expect(archive({ exported }, { constructors: 1 })).toEqual(['HAS_CONSTRUCTORS']);
    expect(archive({ exported: abis.dropforge })).toEqual(['SYMBOL_MISSING']);
  });
});
