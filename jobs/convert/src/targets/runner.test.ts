/** The device program at its command line: modes, exit codes, bad input. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReferenceBatch, writeModel } from '@dropforge/quantized-inference';
import { modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitC } from '../emit/emit-c.ts';
import { buildTarget } from './build-target.ts';
import { runTarget } from './run-target.ts';
import { targets } from './targets.ts';

const plan = modelFromPlan({
  input: { height: 6, width: 5, channels: 3 },
  layers: [{ op: 'convolution', channels: 8, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' }],
  classes: 3,
  seed: 1,
});
const model = { ...plan, classes: ['cat', 'Ünïcode 猫', 'a "quoted\\" one??/0'] };
const images = randomPixels(model.input, 4, 2);
const imageBytes = images.length / 4;
const logits = Buffer.from(runReferenceBatch(model, images).buffer);

describe('dropforge-run', () => {
  let directory: string;
  let runner: string;
  const file = (name: string) => join(directory, name);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dropforge-test-'));
    const result = await buildTarget(targets.x86_64, emitC(model), directory, { extraFlags: ['-O1'] });
    if (result.status === 'failed') throw new Error(result.message);
    runner = result.runner;
    await writeFile(file('images.u8'), images);
    await writeFile(file('logits.i32'), logits);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  /** `input`: chunks for stdin; the next one is sent when the last one has been answered. */
  async function run(modeArguments: string[], input: Uint8Array[] = [], environment: Record<string, string> = {}) {
    const child = spawn(runner, modeArguments, { env: { ...process.env, ...environment } });
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    for (const chunk of input) child.stdin.write(chunk);
    child.stdin.end();
    const [code] = await once(child, 'close');
    return { code, stdout: Buffer.concat(stdout), stderr };
  }

  it('describes the network, whatever its class names', async () => {
    const { code, stdout } = await run(['--info']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString())).toEqual({
      abiVersion: 1,
      modelDigest: createHash('sha256').update(writeModel(model)).digest('hex'),
      kernels: expect.stringMatching(/^(portable|avx2|avx512(bw|vbmi)?)$/),
      input: { height: 6, width: 5, channels: 3 },
      arenaBytes: expect.any(Number),
      logitScale: model.logitScale,
      classes: model.classes,
    });
  });

  it('answers images from stdin however they are cut into pieces', async () => {
    const pieces = [images.subarray(0, 7), images.subarray(7, imageBytes + 1), images.subarray(imageBytes + 1)];
    const { code, stdout } = await run(['--serve-stdio'], pieces);
    expect(code).toBe(0);
    expect(stdout.equals(logits)).toBe(true);
  });

  it('answers each image before it asks for the next one', async () => {
    const child = spawn(runner, ['--serve-stdio']);
    child.stdin.write(images.subarray(0, imageBytes));
    const [answer] = await once(child.stdout, 'data');
    expect(logits.subarray(0, 12).equals(answer)).toBe(true);
    child.stdin.end();
    expect((await once(child, 'close'))[0]).toBe(0);
  });

  it('tells when stdin ends within an image', async () => {
    const { code, stdout, stderr } = await run(['--serve-stdio'], [images.subarray(0, imageBytes + 3)]);
    expect(code).toBe(3);
    expect(stdout.equals(logits.subarray(0, 12))).toBe(true);
    expect(stderr).toBe('dropforge-run: stdin ended within an image, after 3 bytes\n');
  });

  it('runs a file of images', async () => {
    const result = await runTarget(targets.x86_64, runner, file('images.u8'), file('out.i32'), { timeoutSeconds: 30 });
    expect(result).toMatchObject({ status: 'ok', emulated: false });
    expect((await readFile(file('out.i32'))).equals(logits)).toBe(true);
  });

  it('refuses a file of no whole number of images and leaves the old output alone', async () => {
    await writeFile(file('cut.u8'), images.subarray(1));
    await writeFile(file('old.i32'), 'old');
    const result = await runTarget(targets.x86_64, runner, file('cut.u8'), file('old.i32'), { timeoutSeconds: 30 });
    expect(result).toMatchObject({ status: 'failed', code: 'RUN_FAILED' });
    expect(result).toMatchObject({ message: expect.stringContaining('not a file of whole images of 90 bytes') });
    expect(await readFile(file('old.i32'), 'utf8')).toBe('old');
    expect((await readdir(directory)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('passes its self-test only on equal logits', async () => {
    const wrong = Buffer.from(logits);
    wrong.writeUInt8(wrong.readUInt8(16) ^ 1, 16);
    await writeFile(file('wrong.i32'), wrong);
    await writeFile(file('short.i32'), logits.subarray(4));
    await writeFile(file('empty'), '');
    const test = (expected: string) => run(['--self-test', file('images.u8'), file(expected)]);
    expect((await test('logits.i32')).code).toBe(0);
    expect(await test('wrong.i32')).toMatchObject({ code: 1, stderr: expect.stringContaining('image 1, class 1') });
    expect((await test('short.i32')).code).toBe(3);
    expect((await test('missing.i32')).code).toBe(3);
    expect((await run(['--self-test', file('empty'), file('empty')])).code).toBe(3);
  });

  it.each([
    [[]],
    [['--help']],
    [['--images', 'x']],
    [['--benchmark', '0']],
    [['--benchmark', '1x']],
    [['--benchmark', '-1']],
  ])('explains itself for the arguments %j', async (modeArguments) => {
    const { code, stderr } = await run(modeArguments);
    expect(code).toBe(2);
    expect(stderr).toContain('usage: dropforge-run -i IMAGE');
  });

  it('takes the kernels from DF_KERNEL and refuses unknown ones', async () => {
    const portable = await run(['--info'], [], { DF_KERNEL: 'portable' });
    expect(JSON.parse(portable.stdout.toString())).toMatchObject({ kernels: 'portable' });
    expect((await run(['--info'], [], { DF_KERNEL: 'quantum' })).code).toBe(2);
  });

  it('ends as a failure when it cannot write', async () => {
    const result = await run(['--images', file('images.u8'), '--output', file('no/such/directory')]);
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('No such file or directory') });
  });
});

describe('runTarget', () => {
  it('says which emulator to install', async () => {
    const result = await runTarget(targets.armv7l, '/bin/true', 'a', 'b', {
      timeoutSeconds: 5,
      searchPath: '/nonexistent',
    });
    expect(result).toMatchObject({ status: 'failed', code: 'EMULATOR_MISSING' });
  });

  it('ends a program that does not end itself', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dropforge-test-'));
    const endless = join(directory, 'endless');
    await writeFile(endless, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    const result = await runTarget(targets.x86_64, endless, 'a', 'b', { timeoutSeconds: 0.2 });
    expect(result).toMatchObject({ status: 'failed', code: 'RUN_TIMEOUT' });
    await rm(directory, { recursive: true });
  });
});
