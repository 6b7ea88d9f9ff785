import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runnerFor, stageArtifact, verifySlot } from './stage-artifact.ts';
import { tarball, writeFakeRelease } from './testing/fake-release.ts';

let directory: string;
let slot: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-stage-'));
  slot = join(directory, 'slot');
});
afterEach(() => rm(directory, { recursive: true }));

type Files = Map<string, Buffer>;

/** Stages an artifact whose archive was changed after its files were written down, digest included. */
async function stage(archive?: (files: Files) => Promise<Buffer> | Buffer) {
  const { release, artifactPath } = await writeFakeRelease(directory, { seed: 1, ...(archive ? { archive } : {}) });
  await stageArtifact(slot, artifactPath, release, 'x86_64', () => undefined);
  return release;
}

/** An archive with one more entry of any kind. */
async function withEntry(
  files: Files,
  header: Parameters<ReturnType<typeof pack>['entry']>[0],
  content = '',
): Promise<Buffer> {
  const archive = pack();
  archive.entry(header, content);
  for (const [name, bytes] of files) archive.entry({ name }, bytes);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

describe('an artifact', () => {
  it('is unpacked into the slot and can be verified there', async () => {
    const release = await stage();
    expect((await readdir(slot, { recursive: true })).sort()).toContain('bin/x86_64/dropforge-run');
    await verifySlot(slot, release, 'x86_64');
    await writeFile(join(slot, 'models/golden.u8'), 'bits rot');
    await expect(verifySlot(slot, release, 'x86_64')).rejects.toMatchObject({ code: 'SLOT_DAMAGED' });
  });

  it('is taken with both runners of a board, so that its engine may come and go', async () => {
    const { release, artifactPath } = await writeFakeRelease(directory, {
      seed: 1,
      targets: ['armv7l', 'fpga', 'x86_64'],
    });
    await stageArtifact(slot, artifactPath, release, 'armv7l', () => undefined);
    expect((await readdir(join(slot, 'bin'))).sort()).toEqual(['armv7l', 'fpga']);
    for (const architecture of ['armv7l', 'fpga'] as const) {
      await verifySlot(slot, release, architecture);
      expect(runnerFor(release, architecture)).toBe(`bin/${architecture}/dropforge-run`);
    }
  });

  it('that has no build for the accelerator runs on the processor beside it, not the other way round', async () => {
    const processor = await writeFakeRelease(directory, { seed: 1, targets: ['armv7l'] });
    expect(runnerFor(processor.release, 'fpga')).toBe('bin/armv7l/dropforge-run');
    const accelerator = await writeFakeRelease(directory, { seed: 1, targets: ['fpga'] });
    const staged = stageArtifact(slot, accelerator.artifactPath, accelerator.release, 'armv7l', () => undefined);
    await expect(staged).rejects.toMatchObject({ code: 'TARGET_MISSING' });
  });

  it('that is not what was released is refused before it is opened', async () => {
    const { release, artifactPath } = await writeFakeRelease(directory, { seed: 1 });
    await writeFile(artifactPath, 'something else');
    const staged = stageArtifact(slot, artifactPath, release, 'x86_64', () => undefined);
    await expect(staged).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect(await readdir(slot)).toEqual([]);
  });

  it.each<[string, string, (files: Files) => Promise<Buffer> | Buffer]>([
    ['leaves its root', 'DIGEST_MISMATCH', (files) => withEntry(files, { name: '../../evil' })],
    ['has an absolute path', 'DIGEST_MISMATCH', (files) => withEntry(files, { name: '/etc/evil' })],
    [
      'has a symbolic link',
      'ARTIFACT_INVALID',
      (files) => withEntry(files, { name: 'output/link', type: 'symlink', linkname: '/etc' }),
    ],
    [
      'has a hard link',
      'ARTIFACT_INVALID',
      (files) => withEntry(files, { name: 'output/link', type: 'link', linkname: 'output/manifest.json' }),
    ],
    [
      'has a device',
      'ARTIFACT_INVALID',
      (files) => withEntry(files, { name: 'output/null', type: 'character-device' }),
    ],
    ['has a file that nobody named', 'DIGEST_MISMATCH', (files) => withEntry(files, { name: 'output/extra' }, 'extra')],
    ['has a file twice', 'DIGEST_MISMATCH', (files) => withEntry(files, { name: 'output/manifest.json' }, '{}')],
    ['lacks a file', 'DIGEST_MISMATCH', (files) => tarball(new Map([...files].slice(1)))],
    [
      'has a file with other bytes',
      'DIGEST_MISMATCH',
      (files) => tarball(new Map(files).set('output/manifest.json', Buffer.from('[]'))),
    ],
    [
      'has a longer file',
      'DIGEST_MISMATCH',
      (files) => tarball(new Map(files).set('output/manifest.json', Buffer.alloc(1 << 20))),
    ],
    ['is cut short', 'ARTIFACT_INVALID', async (files) => (await tarball(files)).subarray(0, 700)],
    ['is no gzip file', 'ARTIFACT_INVALID', () => Buffer.from('PK\u0003\u0004 a zip file')],
    ['is no tar archive', 'ARTIFACT_INVALID', () => gzipSync(Buffer.alloc(4_096, 'x'))],
  ])('that %s is refused', async (_, code, archive) => {
    await expect(stage(archive)).rejects.toMatchObject({ code });
  });
});
