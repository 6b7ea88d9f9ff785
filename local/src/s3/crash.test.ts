import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { put, read, refusal } from './contract/read.ts';
import type { ObjectCreated } from './store/outbox.ts';
import type { CrashMoment } from './testing/crashing-s3.ts';
import { CREDENTIALS, REGION, startS3 } from './testing/start-s3.ts';

const BODY = Buffer.alloc(300_000, 'new');

describe('a crash', () => {
  let directory = '';
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dropforge-s3-crash-'));
    const before = await startS3({ directory });
    before.s3.createBucket('drops');
    await put(before.client(), 'drops', 'there', 'old');
    await before.stop();
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  /** Starts a stand-in that will die at the given moment. */
  async function startCrashing(moment: CrashMoment) {
    const script = join(import.meta.dirname, 'testing', 'crashing-s3.ts');
    child = spawn(process.execPath, ['--no-warnings', script, directory, moment], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (!child.stdout) throw new Error('the child has no output');
    const [endpoint] = await once(createInterface(child.stdout), 'line');
    const client = new S3Client({
      endpoint,
      region: REGION,
      credentials: CREDENTIALS,
      forcePathStyle: true,
      maxAttempts: 1,
    });
    return { child, client };
  }

  async function files(folder: string): Promise<string[]> {
    const entries = await readdir(join(directory, folder), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  test.each(['before-rename', 'after-rename'] as const)(
    '%s leaves the old object whole, no new one, and nothing lying about',
    async (moment) => {
      for (const key of ['there', 'fresh']) {
        const crashing = await startCrashing(moment);
        const exit = once(crashing.child, 'exit');
        await expect(put(crashing.client, 'drops', key, BODY)).rejects.toThrow();
        expect(await exit).toEqual([null, 'SIGKILL']);
      }
      const after = await startS3({ directory });
      expect((await read(after.client(), { Bucket: 'drops', Key: 'there' })).text).toBe('old');
      await expect(read(after.client(), { Bucket: 'drops', Key: 'fresh' })).rejects.toMatchObject(
        refusal('NoSuchKey', 404),
      );
      const { Contents = [] } = await after.client().send(new ListObjectsV2Command({ Bucket: 'drops' }));
      expect(Contents.map(({ Key }) => Key)).toEqual(['there']);
      expect([await files('incoming'), (await files('blobs')).length]).toEqual([[], 1]);
      await after.stop();
    },
  );

  test('after the object is visible leaves it whole, and its notification is delivered by the next start', async () => {
    const crashing = await startCrashing('after-commit');
    const exit = once(crashing.child, 'exit');
    await put(crashing.client, 'drops', 'fresh', BODY).catch(() => undefined); // whether the answer got out is a matter of luck
    expect(await exit).toEqual([null, 'SIGKILL']);
    const events: ObjectCreated[] = [];
    const after = await startS3({ directory, onObjectCreated: (event) => void events.push(event) });
    await expect.poll(() => events.map(({ key, size }) => [key, size])).toEqual([['fresh', BODY.length]]);
    expect((await read(after.client(), { Bucket: 'drops', Key: 'fresh' })).bytes.equals(BODY)).toBe(true);
    await after.stop();
  });

  test('is not what a full disk causes: SlowDown, nothing visible, and reading goes on', async () => {
    const { client } = await startCrashing('disk-full');
    await expect(put(client, 'drops', 'fresh', BODY)).rejects.toMatchObject(refusal('SlowDown', 503));
    await expect(put(client, 'drops', 'there', BODY)).rejects.toMatchObject(refusal('SlowDown', 503));
    await expect(read(client, { Bucket: 'drops', Key: 'fresh' })).rejects.toMatchObject(refusal('NoSuchKey', 404));
    expect((await read(client, { Bucket: 'drops', Key: 'there' })).text).toBe('old');
    expect(await files('incoming')).toEqual([]);
  });
});
