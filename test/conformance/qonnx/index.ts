/**
 * Brevitas' networks against ours: what it exports as QONNX converts, and the integer model computes Brevitas' own logits.
 * They are float32 there, so a value next to a threshold may fall on its other side: one image in eight may differ by that.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runReferenceBatch } from '@dropforge/quantized-inference';
import { ConversionError, convertModel } from '../../../jobs/convert/src/index.ts';
import type { Result } from '../checks.ts';
import { virtualEnvironment } from '../virtual-environment.ts';

const exporter = fileURLToPath(new URL('export.py', import.meta.url));
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** One check per network; `root` is the repository. Skipped where PyPI cannot be reached or Python has no PyTorch. */
export async function checkBrevitas(root: string): Promise<Result[]> {
  const place = join(root, '.dropforge/qonnx-venv');
  const environment = virtualEnvironment(place, requirements, { overDebian: true });
  const skipped = (detail: string): Result[] => [{ name: 'the export', outcome: 'skipped', detail }];
  if (environment.bin === undefined) return skipped(environment.reason);
  const python = join(environment.bin, 'python');
  if (spawnSync(python, ['-c', 'import torch, onnx']).status !== 0)
    return skipped("install Debian's python3-torch and python3-onnx");
  const directory = mkdtempSync(join(tmpdir(), 'dropforge-qonnx-'));
  try {
    const { status, stderr } = spawnSync(python, [exporter, directory], { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (status !== 0) return [{ name: 'the export', outcome: 'failed', detail: stderr.slice(-2_000) }];
    const names = readdirSync(directory).filter((file) => file.endsWith('.onnx'));
    return names.sort().map((file) => checkNetwork(directory, file.slice(0, -'.onnx'.length)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function checkNetwork(directory: string, name: string): Result {
  const read = (ending: string): Uint8Array => readFileSync(join(directory, `${name}.${ending}`));
  try {
    const model = convertModel(read('onnx'));
    const logits = runReferenceBatch(model, read('images'));
    const expected = new Float32Array(new Uint8Array(read('logits')).buffer);
    const classes = model.classes.length;
    const images = logits.length / classes;
    const differing = Array.from({ length: images }, (_, image) => image).filter((image) =>
      Array.from({ length: classes }, (_, label) => image * classes + label).some(
        // The bias is rounded to whole logits, and float32 sums have seven digits.
        (at) => Math.abs((logits[at] ?? 0) * model.logitScale - (expected[at] ?? 0)) > 0.52 * model.logitScale + 1e-4,
      ),
    );
    const detail = `${images - differing.length} of ${images} images have Brevitas' logits`;
    return { name, outcome: expected.length > 0 && differing.length <= images / 8 ? 'passed' : 'failed', detail };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    return { name, outcome: 'failed', detail: `${error.code}: ${error.message}` };
  }
}
