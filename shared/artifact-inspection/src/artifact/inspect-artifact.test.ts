import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeArtifact, makeElf, packTarGz } from '../testing.ts';
import { inspectArtifact } from './inspect-artifact.ts';
import { ArtifactError, readArtifact } from './read-artifact.ts';

const targets = ['x86_64', 'aarch64', 'armv7l'] as const;
const packed = (...names: string[]) => packTarGz(new Map(names.map((name) => [name, Buffer.from(name)])));

async function read(archive: Uint8Array, limits?: Parameters<typeof readArtifact>[1]): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of readArtifact(archive, limits)) paths.push(path);
  return paths;
}

describe('an artifact', () => {
  it('that fits its devices has no faults, and the digests of its manifest', async () => {
    const { archive, manifest } = fakeArtifact({ targets });
    const files = await inspectArtifact(archive, { armv7l: 5_000 });
    expect(files.flatMap(({ path, faults }) => faults.map(({ code }) => [path, code]))).toEqual([]);
    const listed = files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes }));
    expect(listed.filter(({ path }) => path !== 'manifest.json')).toEqual(JSON.parse(manifest.toString()).files);
    expect(files.filter(({ place }) => place).map(({ path }) => path)).toEqual([
      ...[
        'bin/x86_64/dropforge-run',
        'models/lib/libdlk_x86.so',
        'models/lib/libdlk_x86_avx.so',
        'models/lib/libdlk_x86.a',
      ],
      ...['bin/aarch64/dropforge-run', 'models/lib/libdlk_aarch64.so', 'models/lib/libdlk_aarch64.a'],
      ...['bin/armv7l/dropforge-run', 'models/lib/libdlk_arm.so', 'models/lib/libdlk_arm.a'],
    ]);
  });

  it('with a library in the place of another one says which machine it is for', async () => {
    const change = (files: Map<string, Buffer>) => files.set('models/lib/libdlk_arm.so', makeElf({ target: 'x86_64' }));
    const files = await inspectArtifact(fakeArtifact({ targets, change }).archive);
    expect(files.filter(({ faults }) => faults.length > 0)).toMatchObject([
      {
        path: 'models/lib/libdlk_arm.so',
        faults: [{ code: 'WRONG_MACHINE', message: 'It is for x86_64, not for arm.' }],
      },
    ]);
  });

  it('with a script for a program, or a program among its texts, says so', async () => {
    const change = (files: Map<string, Buffer>) => {
      files.set('bin/x86_64/dropforge-run', Buffer.from('#!/bin/sh\n'));
      files.set('README.md', makeElf({ target: 'x86_64', kind: 'program' }));
    };
    const files = await inspectArtifact(fakeArtifact({ targets: ['x86_64'], change }).archive);
    expect(files.flatMap(({ path, faults }) => faults.map(({ code }) => [path, code]))).toEqual([
      ['README.md', 'PLACE_UNKNOWN'],
      ['bin/x86_64/dropforge-run', 'NOT_ELF'],
    ]);
  });
});

describe('an archive is refused', () => {
  const good = packed('output/a', 'output/b/c');
  it.each<[string, Uint8Array, string]>([
    ['that is no gzip file', Buffer.from('PK\u0003\u0004 something else'), 'ARTIFACT_INVALID'],
    ['that is cut off', good.subarray(0, good.length - 9), 'ARTIFACT_INVALID'],
    ['whose tar ends within an entry', gzipSync(Buffer.alloc(700, 'a')), 'ARTIFACT_INVALID'],
    ['with a name outside of output', packed('etc/passwd'), 'ARTIFACT_INVALID'],
    ['with a name that climbs', packed('output/../etc/passwd'), 'ARTIFACT_INVALID'],
    ['with an absolute name', packed('/output/a'), 'ARTIFACT_INVALID'],
    ['with a hidden climb', packed('output/a/./../../b'), 'ARTIFACT_INVALID'],
  ])('%s', async (_, archive, code) => {
    await expect(read(archive)).rejects.toMatchObject({ name: 'ArtifactError', code });
  });

  it('with a link, or a name twice', async () => {
    const one = packTarGz(new Map([['output/a', Buffer.from('a')]]), { type: '2' });
    await expect(read(one)).rejects.toThrow('is no plain file');
    const two = packTarGz([
      ['output/a', Buffer.from('1')],
      ['output/a', Buffer.from('2')],
    ]);
    await expect(read(two)).rejects.toThrow('"output/a" twice');
  });

  it('that has more entries, or unpacks to more, than the limits', async () => {
    const limits = { entries: 2, fileBytes: 10, totalBytes: 10_000 };
    expect(await read(good, limits)).toEqual(['a', 'b/c']);
    await expect(read(packed('output/a', 'output/b', 'output/c'), limits)).rejects.toThrow('more than 2 entries');
    await expect(read(packed(`output/${'a'.repeat(20)}`), limits)).rejects.toMatchObject({
      code: 'ARTIFACT_TOO_LARGE',
    });
    await expect(read(gzipSync(Buffer.alloc(1e6)), limits)).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' });
  });

  it('with ArtifactError and nothing else, whatever bytes are changed', async () => {
    const { archive } = fakeArtifact({ targets: ['armv7l'] });
    const change = fc.record({ at: fc.nat(archive.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(archive);
        for (const { at, value } of changes) bytes[at] = value;
        await inspectArtifact(bytes).catch((error) => expect(error).toBeInstanceOf(ArtifactError));
      }),
      { numRuns: 200 },
    );
  });
});
