/** The kernels and the runner under AddressSanitizer and UndefinedBehaviorSanitizer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomModel } from '@dropforge/quantized-inference/testing';
import { expect, it } from 'vitest';
import { fixedCases } from '../../../../test/parity/cases.ts';
import { findDivergences, parityCase } from '../../../../test/parity/engine.ts';
import { compileRuntime } from '../../../../test/parity/native-program.ts';
import { runProgram } from './run-program.ts';
import { targets } from './targets.ts';

/** gcc brings the sanitizers' libraries with it; clang on Debian does not. */
const gcc = { program: 'gcc', targetArguments: [], linkArguments: [] };
const flags = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

it('runs networks of any shape without a fault that a sanitizer sees, whatever the kernels', async ({ skip }) => {
  if (!(await hasSanitizers())) return skip('gcc has no sanitizer libraries here (Debian: libasan, libubsan)');
  const runtime = await compileRuntime(targets.x86_64, flags, gcc);
  try {
    const random = Array.from({ length: 16 }, (_, seed) =>
      parityCase(`randomModel(${seed})`, randomModel(seed), 2, seed),
    );
    const cases = [...fixedCases(16), ...random];
    for (const kernels of ['portable', 'avx2', 'avx512bw', 'avx512vbmi', 'avx512']) {
      const digests = await runtime.engine(kernels).digests(cases);
      if (!('missing' in digests)) expect(findDivergences(cases, digests), kernels).toEqual([]);
    }
  } finally {
    await runtime.remove();
  }
}, 600_000);

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
