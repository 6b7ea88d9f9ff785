import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { abis } from '@dropforge/artifact-inspection';
import { fakeArtifact, makeElf } from '@dropforge/artifact-inspection/testing';
import { writeModel } from '@dropforge/quantized-inference';
import { lmnetV1 } from '@dropforge/quantized-inference/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runId, view } from '../testing/example-runs.ts';
import { type FakeApi, listen, startFakeApi } from '../testing/fake-api.ts';
import { runCommand } from '../testing/run-command.ts';

const exported = [...abis.dropforge, ...abis.blueoil];
const modelFile = Buffer.from(writeModel(lmnetV1({ classes: 3, side: 16, seed: 4 })));
const artifact = fakeArtifact({
  targets: ['x86_64', 'armv7l'],
  change: (files) => files.set('models/model.safetensors', modelFile),
}).archive;
let directory = '';
let store: Server;
let api: FakeApi;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-inspect-'));
  store = createServer((_request, response) => response.end(artifact));
  const files = [{ name: 'output.tar.gz', bytes: artifact.length, url: await listen(store) }];
  api = await startFakeApi({
    listModels: () => ({ models: [{ modelId: 'pets-1' }] }),
    showModel: () => ({
      ...{ modelId: 'pets-1', modelDigest: 'ab'.repeat(32), runId, createdAt: '2026-08-02T10:15:00Z' },
      ...{ classes: ['a', 'b'], input: { height: 16, width: 16, channels: 3 }, files },
    }),
    showRun: () => view({ state: 'rejected', ended: true }),
    listFiles: () => ({
      files: [1, 10, 9].map((attempt) => ({ ...files[0], name: `artifact/t${attempt}/output.tar.gz` })),
    }),
  });
});
afterAll(() => {
  for (const server of [store, api]) server.close();
  rmSync(directory, { recursive: true });
});

function place(name: string, content: Uint8Array): string {
  writeFileSync(path.join(directory, name), content);
  return name;
}
const run = (...args: string[]) => runCommand(['inspect', '--api', api.url, ...args], { directory });

describe('inspect', () => {
  it('tells what a library is, and the devices that it fits', async () => {
    const { code, out } = await run(place('lib.so', makeElf({ target: 'armv7l', exported, zeroBytes: 1e6 })));
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Kind {7}shared library for arm, 32 bits, [\d.]+ k?B$/),
        'ARM        EABI 5, hard float, architecture unknown',
        'Offers     19 symbols: ABI dropforge 11 of 11, blueoil 8 of 8',
        '– x86_64    another machine',
        '✓ armv7l    fits: DE10-Nano and other boards with a Cortex-A9, hard float',
        '✓ fpga      fits: DE10-Nano with the engine in its FPGA',
      ]),
    );
  });

  it('refuses a library for another architecture than the one asked for, and names both', async () => {
    const { code, out } = await run(place('other.so', makeElf({ target: 'aarch64', exported })), '--target', 'armv7l');
    expect(code).toBe(1);
    expect(out).toContain('✗ armv7l    It is for aarch64, not for arm. (WRONG_MACHINE)\n');
    expect(out).not.toContain('x86_64');
  });

  it('says which promises a library of ours breaks', async () => {
    const file = place(
      'half.so',
      makeElf({ target: 'x86_64', exported: ['df_run', 'malloc'], needed: ['libc.so.6'], constructors: 2 }),
    );
    const { code, json } = await run(file, '--json');
    expect(code).toBe(1);
    expect(json()).toMatchObject({ kind: 'binary', fits: false, file: { needed: ['libc.so.6'], constructors: 2 } });
    const { contract } = json() as { contract: { code: string }[] };
    expect(contract.map(({ code: fault }) => fault)).toEqual([
      'NEEDS_LIBRARY',
      'HAS_CONSTRUCTORS',
      'SYMBOL_MISSING',
      'SYMBOL_UNEXPECTED',
    ]);
  });

  it.each([['out.tar.gz'], ['pets-1'], ['pe'], [runId]])(
    'looks into the artifact %s, its binaries and its model',
    async (given) => {
      place('out.tar.gz', artifact);
      const { code, out, err } = await run(given);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^ {2}BINARY +FOR +SIZE +MEMORY +VERDICT\n/);
      expect(out).toMatch(/✓ models\/lib\/libdlk_arm\.so +armv7l +[\d.]+ k?B +8\.4 MB +fits\n/);
      expect(out).toContain('does not say how much stack x86_64, armv7l takes: 8 MiB are counted.\n');
      expect(out).toContain('  and 3 files without code');
      expect(out).toMatch(/layer1 +convolution 3x3 +16x16x3 → 16x16x32 +pixels +8 +1\.2 kB +221,184\n/);
    },
  );

  it('names the file of an artifact that does not fit its device', async () => {
    const soft = makeElf({ target: 'armv7l', exported, floatAbi: 'soft' });
    const { archive } = fakeArtifact({
      targets: ['armv7l'],
      change: (files) => files.set('models/lib/libdlk_arm.so', soft),
    });
    const { code, out } = await run(place('soft.tar.gz', archive));
    expect(code).toBe(1);
    expect(out).toMatch(
      /✗ models\/lib\/libdlk_arm\.so .* WRONG_FLOAT_ABI\n {4}It passes floating point numbers by soft float/,
    );
  });

  it('adds up what a model needs', async () => {
    const { json } = await run(place('m.safetensors', modelFile), '--json');
    expect(json()).toMatchObject({
      ...{ kind: 'model', input: { height: 16, width: 16, channels: 3 } },
      layers: expect.arrayContaining([
        expect.objectContaining({ weightBits: 8, multiplyAccumulates: 16 * 16 * 32 * 27 }),
      ]),
      multiplyAccumulates: expect.any(Number),
    });
  });

  it.each([
    ['cut.so', makeElf({ target: 'x86_64' }).subarray(0, 300), 'TRUNCATED'],
    ['cut.tar.gz', artifact.subarray(0, 200), 'ARTIFACT_INVALID'],
    ['cut.safetensors', modelFile.subarray(0, 900), 'TRUNCATED'],
    ['text.txt', Buffer.from('nothing of the kind'), 'FILE_UNKNOWN'],
  ])('refuses %s with a code and the place', async (name, content, expected) => {
    const { code, err } = await run(place(name, content));
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`\\(${expected}\\)\\n {2}where: ${name}`));
  });

  it('does not look for a missing file in the cloud', async () => {
    expect(await run('missing.so')).toMatchObject({ code: 4, err: expect.stringContaining('(ENOENT)') });
  });
});
