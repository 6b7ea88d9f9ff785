import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ArchiveLimits, readModelArchive } from './read-archive.ts';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'dropforge-archive-test-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

describe('the archive reader', () => {
  test('keeps the files that the converter reads and nothing else', async () => {
    const { found, directory } = await read([
      { header: { name: './model.onnx' }, body: 'graph' },
      { header: { name: 'evaluation/', type: 'directory' } },
      { header: { name: 'evaluation/evaluation.json' }, body: '{}' },
      { header: { name: 'notes/readme.txt' }, body: 'x' },
    ]);
    expect([...found].sort()).toEqual(['evaluation/evaluation.json', 'model.onnx']);
    expect((await readdir(directory, { recursive: true })).sort()).toEqual([
      'evaluation',
      'evaluation/evaluation.json',
      'model.onnx',
    ]);
    expect(await readFile(join(directory, 'model.onnx'), 'utf8')).toBe('graph');
  });

  test.each<[string, Partial<Header> & { name: string }]>([
    ['a parent directory', { name: '../../etc/passwd' }],
    ['a parent directory inside', { name: 'evaluation/../../x' }],
    ['an absolute path', { name: '/etc/passwd' }],
    ['a backslash path', { name: '..\\x' }],
    ['a symbolic link', { name: 'model.onnx', type: 'symlink', linkname: '/etc/passwd' }],
    ['a hard link', { name: 'model.onnx', type: 'link', linkname: 'metrics.json' }],
    ['a device', { name: 'model.onnx', type: 'character-device' }],
    ['a pipe', { name: 'model.onnx', type: 'fifo' }],
  ])('refuses %s', async (_, header) => {
    await expect(read([{ header }])).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  test('refuses a file that occurs twice', async () => {
    const entry = { header: { name: 'model.onnx' }, body: 'x' };
    await expect(read([entry, entry])).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  test('refuses a wanted file beyond its own size', async () => {
    const entry = { header: { name: 'evaluation/evaluation.json' }, body: ' '.repeat(70_000) };
    await expect(read([entry])).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
  });

  test('refuses too many entries and too many bytes, also in files that it does not keep', async () => {
    const many = Array.from({ length: 5 }, (_, index) => ({ header: { name: `file${index}` }, body: 'x' }));
    await expect(read(many, { entries: 4, bytes: 1e6 })).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
    const bomb = [{ header: { name: 'zeros' }, body: '0'.repeat(1_000_000) }];
    await expect(read(bomb, { entries: 4, bytes: 100_000 })).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
  });

  test.each([0.1, 0.5, 0.95])('refuses an archive cut at %d of its length', async (share) => {
    const whole = await archive([{ header: { name: 'model.onnx' }, body: 'graph'.repeat(1000) }]);
    const cut = whole.subarray(0, Math.floor(whole.length * share));
    await expect(readBytes(cut)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  test('refuses a tar that ends inside a file', async () => {
    const whole = gunzipSync(await archive([{ header: { name: 'model.onnx' }, body: 'x'.repeat(4096) }]));
    await expect(readBytes(gzipSync(whole.subarray(0, 1000)))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  test('says when there is no archive', async () => {
    await expect(readModelArchive(join(base, 'none'), base)).rejects.toMatchObject({ code: 'ARCHIVE_MISSING' });
  });
});

interface Entry {
  readonly header: Partial<Header> & { name: string };
  readonly body?: string;
}

async function archive(entries: readonly Entry[]): Promise<Buffer> {
  const stream = pack();
  for (const { header, body } of entries) stream.entry(header, body ?? '');
  stream.finalize();
  return gzipSync(await buffer(stream));
}

async function read(entries: readonly Entry[], limits?: ArchiveLimits) {
  return readBytes(await archive(entries), limits);
}

async function readBytes(bytes: Uint8Array, limits?: ArchiveLimits) {
  const directory = await mkdtemp(join(base, 'out-'));
  const path = `${directory}.tar.gz`;
  await writeFile(path, bytes);
  return { directory, found: await readModelArchive(path, directory, limits) };
}
