import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { readModel, runReference } from '@dropforge/quantized-inference';
import { extract } from 'tar-stream';
import { afterEach, describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { sha256 } from './digest.ts';
import { MESSAGE_BYTES } from './job-failure.ts';
import { runJob } from './run-job.ts';
import { type FakeBehaviour, fakeToolchain } from './testing/fake-toolchain.ts';
import { GOLDEN_IMAGES, type JobInput, jobRoot, jobRootOf } from './testing/job-root.ts';

const roots: string[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true });
});

describe('a conversion job', () => {
  test('writes the artifact, the evidence and the exit message', async () => {
    const { root, code, lines } = await run();
    expect(code).toBe(0);
    expect(await readdir(join(root, 'processing/output/artifact'))).toEqual([
      'manifest.json',
      'model.safetensors',
      'output.tar.gz',
    ]);
    const verification = await json(root, 'verification/verification.json');
    expect(verification).toMatchObject({ evaluationImages: 10, goldenImages: GOLDEN_IMAGES });
    expect(verification.targets).toMatchObject({
      armv7l: { ran: true, golden: { file: 'armv7l.golden.i32', agreeing: GOLDEN_IMAGES }, emulated: true },
    });
    expect(lines.filter((line) => line.startsWith('progress'))).toHaveLength(11);
    expect(lines).toContain('progress step=5 of=11 stage=verify target=x86_64');
    expect(await message(root)).toContain(`aarch64: ok, ${GOLDEN_IMAGES} of ${GOLDEN_IMAGES} golden images agree`);
  });

  test('gives a manifest whose digests are those of the packed files', async () => {
    const { root } = await run();
    const manifest = await json(root, 'artifact/manifest.json');
    const packed = await unpack(await output(root, 'artifact/output.tar.gz'));
    const files = manifest.files as { path: string; sha256: string; bytes: number }[]; // written by the job under test
    const listed = [...files.map(({ path }) => `output/${path}`), 'output/manifest.json'].sort();
    expect(listed).toEqual([...packed.keys()].filter((name) => !name.endsWith('/')).sort());
    expect(packed.get('output/manifest.json')).toEqual(await output(root, 'artifact/manifest.json'));
    for (const { path, sha256: digest, bytes } of files) {
      const contents = packed.get(`output/${path}`) ?? Buffer.alloc(0);
      expect([digest, bytes]).toEqual([sha256(contents), contents.length]);
    }
    expect(manifest.modelDigest).toBe(sha256(await output(root, 'artifact/model.safetensors')));
  });

  test('packs golden vectors that the packed model reproduces', async () => {
    const { root } = await run();
    const packed = await unpack(await output(root, 'artifact/output.tar.gz'));
    const model = readModel(packed.get('output/models/model.safetensors') ?? Buffer.alloc(0));
    const logits = packed.get('output/models/golden.i32') ?? Buffer.alloc(0);
    const pixels = packed.get('output/models/golden.u8') ?? Buffer.alloc(0);
    const first = runReference(model, pixels.subarray(0, pixels.length / GOLDEN_IMAGES));
    expect(Array.from(first, (_, label) => logits.readInt32LE(label * 4))).toEqual([...first]);
    expect(model.classes).toEqual(['cat', 'dog', 'Ünïcode 猫']);
  });

  test('gives the same bytes for the same inputs', async () => {
    const first = await run();
    const second = await run();
    for (const name of ['output.tar.gz', 'manifest.json', 'model.safetensors']) {
      const digests = await Promise.all(
        [first, second].map(async ({ root }) => sha256(await output(root, `artifact/${name}`))),
      );
      expect(digests[0], name).toBe(digests[1]);
    }
  });
});

describe('a target that fails', () => {
  test('is named with its error while the others succeed', async () => {
    const { root, code } = await run({}, { missing: ['aarch64'] });
    expect(code).toBe(0);
    const { targets } = await json(root, 'artifact/manifest.json');
    expect(targets).toMatchObject({
      x86_64: { status: 'ok', runner: 'bin/x86_64/dropforge-run' },
      aarch64: { status: 'failed', error: { code: 'COMPILER_MISSING' } },
      armv7l: { status: 'ok' },
    });
    expect(await message(root)).toContain('aarch64: failed, COMPILER_MISSING');
  });

  test('leaves the accuracy unmeasured when it is the one that evaluates', async () => {
    const { root, code } = await run({}, { missing: ['x86_64'] });
    expect(code).toBe(0);
    const verification = await json(root, 'verification/verification.json');
    expect(verification).toMatchObject({ accuracy: null, accuracyError: { code: 'COMPILER_MISSING' } });
  });

  test('is failed when its runner dies halfway', async () => {
    const { root } = await run({}, { truncated: ['armv7l'] });
    const { targets } = await json(root, 'verification/verification.json');
    expect(targets).toMatchObject({ armv7l: { ran: false, error: { code: 'RUN_FAILED' } } });
  });

  test('makes the job fail when no other one succeeds', async () => {
    const { root, code } = await run({ config: { targets: ['armv7l'] } }, { missing: ['armv7l'] });
    expect(code).toBe(1);
    expect(JSON.parse(await message(root))).toMatchObject({ code: 'COMPILER_MISSING' });
  });

  test('is reported with the first image on which it disagrees', async () => {
    const { root } = await run({}, { wrong: ['armv7l'] });
    const { targets } = await json(root, 'verification/verification.json');
    expect(targets).toMatchObject({ armv7l: { golden: { agreeing: GOLDEN_IMAGES - 1, firstDifference: 0 } } });
    expect(await message(root)).toContain(`armv7l: ok, ${GOLDEN_IMAGES - 1} of ${GOLDEN_IMAGES} golden images agree`);
  });
});

describe('the accuracy', () => {
  test('is measured on an x86-64 build even where that is not a target', async () => {
    const { root } = await run({ config: { targets: ['armv7l'] } });
    const verification = await json(root, 'verification/verification.json');
    expect(verification.accuracy).toBeTypeOf('number');
    expect(Object.keys(verification.targets as object)).toEqual(['armv7l']); // written by the job under test
  });

  test.each([
    ['stands beside what the trainer measured', '{"accuracy":0.75}', 0.75],
    ['stands alone when the trainer says none', '{"accuracy":"good"}', null],
  ])('%s', async (_, metrics, trainerAccuracy) => {
    const { root } = await run({ files: { 'metrics.json': Buffer.from(metrics) } });
    expect(await json(root, 'verification/verification.json')).toMatchObject({ trainerAccuracy });
  });
});

describe('an input that does not fit', () => {
  const float = new NetworkBuilder([1, 3, 16, 16]);
  float.convolution(float.constant(new Float32Array(27), [1, 3, 3, 3]), 3, 1);
  test.each<[string, JobInput, string]>([
    ['no model', { files: { 'model.onnx': undefined } }, 'ARCHIVE_INVALID'],
    ['a text file as model', { files: { 'model.onnx': Buffer.from('not a model') } }, 'MALFORMED_ONNX'],
    ['float weights', { files: { 'model.onnx': float.bytes() } }, 'NOT_QUANTIZED'],
    ['another number of classes', { config: { classes: ['cat', 'dog'] } }, 'CLASSES_MISMATCH'],
    ['an unknown target', { config: { targets: ['z80'] } }, 'CONFIG_INVALID'],
    ['images of another size', { files: { 'evaluation/images.u8': new Uint8Array(5) } }, 'EVALUATION_INVALID'],
    ['no evaluation set', { files: { 'evaluation/evaluation.json': undefined } }, 'EVALUATION_INVALID'],
    [
      'a label beyond the classes',
      { files: { 'evaluation/labels.u16': new Uint8Array(20).fill(9) } },
      'EVALUATION_INVALID',
    ],
  ])('%s ends the job with a line of JSON that says what to do', async (_, input, expected) => {
    const { root, code, lines } = await run(input);
    expect(code).toBe(1);
    const text = await message(root);
    const failure: unknown = JSON.parse(text);
    expect(failure).toMatchObject({ cause: 'data', code: expected, action: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MESSAGE_BYTES);
    expect(lines.join('\n')).not.toContain('at file:'); // no stack trace reaches people
  });

  test('an archive that is not one', async () => {
    const root = await jobRootOf(Buffer.from('plain text'));
    roots.push(root);
    expect(await runJob(root, fakeToolchain(), () => undefined)).toBe(1);
    expect(JSON.parse(await message(root))).toMatchObject({ cause: 'data', code: 'ARCHIVE_INVALID' });
  });
});

async function run(input: JobInput = {}, behaviour: FakeBehaviour = {}) {
  const root = await jobRoot(input);
  roots.push(root);
  const lines: string[] = [];
  const code = await runJob(root, fakeToolchain(behaviour), (line) => lines.push(line));
  return { root, code, lines };
}

function output(root: string, path: string): Promise<Buffer> {
  return readFile(join(root, 'processing/output', path));
}

async function json(root: string, path: string): Promise<Record<string, unknown>> {
  return JSON.parse((await output(root, path)).toString('utf8'));
}

function message(root: string): Promise<string> {
  return readFile(join(root, 'output/message'), 'utf8');
}

async function unpack(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = extract();
  entries.end(gunzipSync(archive));
  for await (const entry of entries) {
    files.set(entry.header.name, await buffer(entry));
    expect(entry.header).toMatchObject({ uid: 0, gid: 0, mtime: new Date(0) });
  }
  return files;
}
