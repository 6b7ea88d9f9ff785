/** Our own engines on LmnetV1: the compiled kernels, each variant forced, and the TypeScript reference. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareLogits, runReference, runReferenceBatch } from '@dropforge/quantized-inference';
import { lmnetV1, randomPixels } from '@dropforge/quantized-inference/testing';
import sharp from 'sharp';
import { emitC } from '../../jobs/convert/src/emit/emit-c.ts';
import { buildTarget } from '../../jobs/convert/src/targets/build-target.ts';
import { runProgram } from '../../jobs/convert/src/targets/run-program.ts';
import { targets } from '../../jobs/convert/src/targets/targets.ts';
import { type Engine, engineOf } from './engine.ts';

export interface NativeEngines {
  readonly engines: Engine[];
  /** The variants that this processor has, and a folder for what else is built. */
  readonly variants: readonly string[];
  readonly directory: string;
  remove(): Promise<void>;
}

export const model = lmnetV1();

/** From the slowest to the fastest. Variants that this processor lacks are left out. */
const variants = ['portable', 'avx2', 'avx512', 'avx512bw', 'avx512vbmi'];

/** Builds LmnetV1 for this machine. Throws when a variant computes other logits than the reference. */
export async function nativeEngines(): Promise<NativeEngines> {
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-bench-'));
  const built = await buildTarget(targets.x86_64, emitC(model), directory);
  if (built.status === 'failed') throw new Error(built.message);
  const images = randomPixels(model.input, 8, 1);
  await writeFile(join(directory, 'images.u8'), images);
  const expected = runReferenceBatch(model, images);
  const engines: Engine[] = [];
  for (const variant of variants) {
    const run = (mode: string[]) => runKernels(built.runner, variant, mode);
    if ((await run(['--info'])) === null) continue;
    const output = join(directory, 'logits.i32');
    await run(['--images', join(directory, 'images.u8'), '--output', output]);
    const logits = new Int32Array((await readFile(output)).buffer.slice(0));
    if (!compareLogits(expected, logits, model.classes.length).agree)
      throw new Error(`${variant} computes wrong logits.`);
    engines.push({
      engine: 'dropforge',
      variant,
      measure: async (runs) => medianOf(await run(['--benchmark', `${runs}`])),
    });
  }
  return {
    engines,
    variants: engines.map(({ variant }) => variant),
    directory,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

export function typescriptReference(): Engine {
  const pixels = randomPixels(model.input, 1, 1);
  return engineOf('dropforge', 'typescript', () => runReference(model, pixels));
}

/** The whole way from a JPEG file of the network's size to its class: reading, decoding, running, writing it down. */
export async function jpegToClass(directory: string): Promise<Engine> {
  const { height, width, channels } = model.input;
  const image = join(directory, 'image.jpg');
  await sharp(randomPixels(model.input, 1, 2), { raw: { height, width, channels: channels as 3 } })
    .jpeg({ quality: 90 })
    .toFile(image);
  const measure = async (runs: number) => {
    await runKernels(join(directory, 'dropforge-run'), 'auto', ['-i', image, '--trial', `${runs}`, '-o', directory]);
    const { benchmark } = JSON.parse(await readFile(join(directory, 'output.json'), 'utf8')) as Output;
    return benchmark.total.p50 * 1000;
  };
  return { engine: 'dropforge', variant: 'jpeg-to-class', measure };
}

/** What is read of output.json, which runner/predict.c writes; seconds. */
interface Output {
  readonly benchmark: { readonly total: { readonly p50: number } };
}

/** Null when the program refuses, as it does where the processor lacks the kernels. */
async function runKernels(runner: string, variant: string, mode: string[]): Promise<string | null> {
  const outcome = await runProgram('env', [`DF_KERNEL=${variant}`, runner, ...mode], { timeoutSeconds: 60 });
  return outcome.kind === 'success' ? outcome.stdout : null;
}

/** Milliseconds from the program's report. */
function medianOf(report: string | null): number {
  if (report === null) throw new Error('dropforge-run --benchmark failed.');
  const { medianNanoseconds } = JSON.parse(report) as { medianNanoseconds: number }; // printed by runner/benchmark.c
  return medianNanoseconds / 1e6;
}
