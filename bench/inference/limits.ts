/** The time in which this processor could execute nothing but the instructions that a kernel cannot do without. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IntegerModel, planLayers, tapCount } from '@dropforge/quantized-inference';
import { runProgram } from '../../jobs/convert/src/targets/run-program.ts';
import type { Engine } from './engine.ts';

/** Multiply-accumulates of one lookup and addition, or of one and, popcount and addition. */
const streams = { avx2: 128, avx512bw: 256, avx512vbmi: 384, avx512: 512 / 2 } as const;

/** What limits.c measures: so many sums in a step. */
const SUMS_PER_STEP = 12;

/** One for each of the variants, for the layers with binary weights. `directory`: where the program may lie. */
export async function limitEngines(
  model: IntegerModel,
  directory: string,
  variants: readonly string[],
): Promise<Engine[]> {
  const program = join(directory, 'limits');
  const source = fileURLToPath(new URL('limits.c', import.meta.url));
  const compiled = await runProgram('clang', ['-O2', source, '-o', program], { timeoutSeconds: 60 });
  if (compiled.kind !== 'success') throw new Error('clang cannot compile limits.c.');
  const work = binaryMultiplyAccumulates(model);
  return variants.flatMap((variant) => {
    if (!(variant in streams)) return [];
    const perInstructions = streams[variant as keyof typeof streams];
    const measure = async () => {
      const outcome = await runProgram(program, [variant], { timeoutSeconds: 60 });
      if (outcome.kind !== 'success') throw new Error(`limits ${variant} failed.`);
      return ((work / perInstructions / SUMS_PER_STEP) * Number(outcome.stdout)) / 1e6;
    };
    return [{ engine: 'limit', variant, measure }];
  });
}

function binaryMultiplyAccumulates(model: IntegerModel): number {
  return planLayers(model).reduce((sum, { layer, output }) => {
    const isBinary = layer.op === 'convolution' && layer.weights.format === 'bits';
    return isBinary ? sum + tapCount(layer) * output.height * output.width * output.channels : sum;
  }, 0);
}
