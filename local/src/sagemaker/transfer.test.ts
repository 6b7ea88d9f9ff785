import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientError } from './failure-text.ts';
import { cutLog, tail } from './log-file.ts';
import { packModel } from './pack-model.ts';
import { startSageMaker } from './testing/start-sagemaker.ts';
import { watchCheckpoints } from './watch-checkpoints.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropforge-transfer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a disk that is full', () => {
  it('ends the packing of a model with its reason, instead of a wait', async () => {
    mkdirSync(join(folder, 'model'));
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'model', name), Buffer.alloc(3_000_000, name));
    const packed = packModel(join(folder, 'model'), '/dev/full');
    await expect(packed).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('is told in words that a person can act on', async () => {
    const error = await packModel(folder, '/dev/full').catch((reason: unknown) => reason);
    expect(clientError(error)).toMatch(
      /^ClientError: \{"cause":"disk","code":"DISK_FULL","message":".*ENOSPC.*","action":"Free /,
    );
  });
});

describe('a log that grows without end', () => {
  it('is cut to its last lines, and the rest still comes after them', () => {
    const log = join(folder, 'log');
    writeFileSync(log, `${'old\n'.repeat(1_000)}new\n`);
    cutLog(log, 100, 8);
    expect(tail(log, 100).toString()).toBe('old\nnew\n');
  });

  it('that is small stays as it is', () => {
    const log = join(folder, 'log');
    writeFileSync(log, 'short\n');
    cutLog(log, 100, 2);
    expect(tail(log, 100).toString()).toBe('short\n');
  });
});

describe('checkpoints', () => {
  it('are copied while they appear, never half, and deleted when the trainer deletes them', async () => {
    const world = await startSageMaker();
    const { s3, logged } = world;
    const leave = watchCheckpoints({
      s3,
      folder,
      uri: 's3://bucket/c/',
      log: (line) => logged.push(line),
      milliseconds: 20,
    });
    writeFileSync(join(folder, 'step-1.ckpt'), '1');
    await expect.poll(() => world.keys('c/')).toEqual(['c/step-1.ckpt']);
    writeFileSync(join(folder, '.step-2.ckpt.tmp'), 'half');
    writeFileSync(join(folder, 'step-2.ckpt'), '2');
    await expect.poll(() => world.keys('c/')).toEqual(['c/step-1.ckpt', 'c/step-2.ckpt']);
    rmSync(join(folder, 'step-1.ckpt'));
    writeFileSync(join(folder, 'step-3.ckpt'), '3');
    await leave();
    expect(await world.keys('c/')).toEqual(['c/step-2.ckpt', 'c/step-3.ckpt']);

    rmSync(join(folder, 'step-2.ckpt'));
    await watchCheckpoints({ s3, folder, uri: 's3://bucket/c', log: (line) => logged.push(line) })();
    expect(await world.keys('c/'), 'a watch that goes on for another').toEqual(['c/step-3.ckpt']);
    expect(logged).toEqual([]);
    await world.dispose();
  });

  it('that cannot be copied in the end are told of, and the job goes on', async () => {
    const world = await startSageMaker();
    writeFileSync(join(folder, 'step-1.ckpt'), '1');
    await watchCheckpoints({ s3: world.s3, folder, uri: 's3://no-bucket/c', log: (line) => world.logged.push(line) })();
    expect(world.logged).toEqual([
      'The newest checkpoint is not in s3://no-bucket/c: The specified bucket does not exist',
    ]);
    await world.dispose();
  });
});
