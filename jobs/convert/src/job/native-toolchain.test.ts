import { spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectArtifact } from '@dropforge/artifact-inspection';
import { afterEach, describe, expect, test } from 'vitest';
import { lmnetV1 } from '../frontend/testing/networks.ts';
import { nativeToolchain } from './native-toolchain.ts';
import { runJob } from './run-job.ts';
import { fakeToolchain } from './testing/fake-toolchain.ts';
import { GOLDEN_IMAGES, jobRoot } from './testing/job-root.ts';
import type { Toolchain } from './toolchain.ts';

/** What a busy machine takes to build the simulator, if no other test has. */
const SIMULATION_MILLISECONDS = 900_000;
const small = { array: '32x8' } as const;
const canSimulate = spawnSync('verilator', ['--version']).status === 0;
if (!canSimulate) console.warn('The simulated engine is skipped: apt-get install verilator g++ make.');
const all = ['x86_64', 'aarch64', 'armv7l', ...(canSimulate ? ['fpga'] : [])];

const roots: string[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true });
});

describe('the job with the real compilers', () => {
  test(
    'builds every target, and each computes the golden logits bit for bit',
    async () => {
      const root = await run(all, small);
      const verification = JSON.parse(await text(root, 'processing/output/verification/verification.json'));
      for (const target of all) {
        expect(verification.targets[target], target).toMatchObject({ ran: true, golden: { agreeing: GOLDEN_IMAGES } });
      }
      const files = await manifestFiles(root);
      const library = files.get('models/lib/libdlk_arm.so');
      expect(library).toMatchObject({ elf: { machine: 'arm', class: 32, arm: { floatAbi: 'hard' }, needed: [] } });
      expect(library?.symbols).toEqual(expect.arrayContaining(['df_run', 'network_run']));
      expect(files.get('models/lib/libdlk_x86_avx.so')?.sha256).toBe(files.get('models/lib/libdlk_x86.so')?.sha256);
      const { targets } = JSON.parse(await text(root, 'processing/output/artifact/manifest.json'));
      const stackBytes = Object.fromEntries(
        Object.keys(targets).map((target) => [target, Number(targets[target].stackBytes)]),
      );
      if (canSimulate) {
        const engine = { array: '32x8', cyclesPerImage: expect.any(Number), imageBytes: expect.any(Number) };
        expect([verification.targets.fpga.engine, targets.fpga.engine]).toEqual([engine, engine]);
        expect(verification.targets.fpga.emulated).toBe(true);
      }
      for (const bytes of Object.values(stackBytes)) expect(bytes).toBeGreaterThan(500);
      const archive = await readFile(join(root, 'processing/output/artifact/output.tar.gz'));
      const inspected = await inspectArtifact(archive, stackBytes);
      expect(inspected.filter(({ place }) => place)).toHaveLength(canSimulate ? 13 : 10);
      expect(inspected.flatMap(({ path, faults }) => faults.map(({ code }) => `${path}: ${code}`))).toEqual([]);
    },
    SIMULATION_MILLISECONDS,
  );

  test('names the layer that does not fit the engine, and goes on with the other targets', async () => {
    const files = { 'model.onnx': lmnetV1({ side: 16, width: 2 }).bytes() };
    const root = await jobRoot({ config: { targets: ['armv7l', 'fpga'] }, files });
    roots.push(root);
    // What is refused is never compiled, and what is compiled is not looked at here.
    const [real, fake] = [nativeToolchain(small), fakeToolchain()];
    const mixed: Toolchain = {
      ...fake,
      emit: (target, model) => (target === 'fpga' ? real : fake).emit(target, model),
    };
    expect(await runJob(root, mixed, () => undefined)).toBe(0);
    const { targets } = JSON.parse(await text(root, 'processing/output/artifact/manifest.json'));
    const message = expect.stringMatching(/^Layer .+ needs \d+ rows of weights .* too few\.$/);
    expect(targets).toMatchObject({
      armv7l: { status: 'ok' },
      fpga: { status: 'failed', error: { code: 'MEMORY_EXCEEDED', message } },
    });
    expect(await text(root, 'output/message')).toMatch(/^fpga: failed, MEMORY_EXCEEDED: Layer /m);
  });

  test('says which compiler is missing', async () => {
    const root = await run(['x86_64'], { searchPath: '/nonexistent' }, 1);
    expect(JSON.parse(await text(root, 'output/message'))).toMatchObject({ code: 'COMPILER_MISSING' });
  });
});

async function run(targets: string[], options = {}, expected = 0): Promise<string> {
  const root = await jobRoot({ config: { targets } });
  roots.push(root);
  const lines: string[] = [];
  const code = await runJob(root, nativeToolchain(options), (line) => lines.push(line));
  expect(code, lines.join('\n')).toBe(expected);
  return root;
}

interface ManifestFile {
  readonly path: string;
  readonly sha256: string;
  readonly symbols?: readonly string[];
}

async function manifestFiles(root: string): Promise<Map<string, ManifestFile>> {
  const manifest: { files: ManifestFile[] } = JSON.parse(await text(root, 'processing/output/artifact/manifest.json'));
  return new Map(manifest.files.map((file) => [file.path, file]));
}

function text(root: string, path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}
