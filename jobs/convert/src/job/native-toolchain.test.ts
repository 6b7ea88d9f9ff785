import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectArtifact } from '@dropforge/artifact-inspection';
import { afterEach, describe, expect, test } from 'vitest';
import { nativeToolchain } from './native-toolchain.ts';
import { runJob } from './run-job.ts';
import { GOLDEN_IMAGES, jobRoot } from './testing/job-root.ts';

const roots: string[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true });
});

describe('the job with the real compilers', () => {
  test('builds every target, each computes the golden logits bit for bit, and a second build has the same bytes', async () => {
    const root = await run(['x86_64', 'aarch64', 'armv7l']);
    const verification = JSON.parse(await text(root, 'processing/output/verification/verification.json'));
    for (const target of ['x86_64', 'aarch64', 'armv7l']) {
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
    for (const bytes of Object.values(stackBytes)) expect(bytes).toBeGreaterThan(500);
    const archive = await readFile(join(root, 'processing/output/artifact/output.tar.gz'));
    const inspected = await inspectArtifact(archive, stackBytes);
    expect(inspected.filter(({ place }) => place)).toHaveLength(10);
    expect(inspected.flatMap(({ path, faults }) => faults.map(({ code }) => `${path}: ${code}`))).toEqual([]);
    const again = await manifestFiles(await run(['x86_64']));
    for (const path of ['bin/x86_64/dropforge-run', 'models/lib/libdlk_x86.so', 'models/lib/libdlk_x86.a']) {
      expect(again.get(path)?.sha256, path).toBe(files.get(path)?.sha256);
    }
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
