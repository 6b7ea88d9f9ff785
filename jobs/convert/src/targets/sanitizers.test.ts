/** The kernels and the runner under AddressSanitizer and UndefinedBehaviorSanitizer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmnetV1, randomModel, randomPixels } from '@dropforge/quantized-inference/testing';
import { expect, it } from 'vitest';
import { runProgram } from './run-program.ts';
import { targets } from './targets.ts';
import { createParityKit } from './testing/parity-kit.ts';

/** gcc brings the sanitizers' libraries with it; clang on Debian does not. */
const gcc = { program: 'gcc', targetArguments: [], linkArguments: [] };
const flags = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

it('runs random networks without a fault that a sanitizer sees', async ({ skip }) => {
  if (!(await hasSanitizers())) return skip('gcc has no sanitizer libraries here (Debian: libasan, libubsan)');
  const kit = await createParityKit(targets.x86_64, gcc, flags);
  try {
    for (const model of [lmnetV1({ side: 16 }), ...[1, 2, 3, 4, 5, 6].map(randomModel)]) {
      const runner = await kit.build(model);
      for (const kernels of ['auto', 'portable'] as const) {
        expect(await kit.findDifference(model, runner, randomPixels(model.input, 2, 1), kernels)).toBeNull();
      }
    }
  } finally {
    await kit.remove();
  }
});

async function hasSanitizers(): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-test-'));
  try {
    await writeFile(join(directory, 'empty.c'), 'int main(void) { return 0; }\n');
    const outcome = await runProgram('gcc', [...flags, 'empty.c', '-o', 'empty'], { directory, timeoutSeconds: 60 });
    return outcome.kind === 'success';
  } finally {
    await rm(directory, { recursive: true });
  }
}
