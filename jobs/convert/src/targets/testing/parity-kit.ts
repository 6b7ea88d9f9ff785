/** Builds many small networks against one compiled runtime, and compares what they compute with the reference. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  compareLogits,
  firstDivergingLayer,
  type IntegerModel,
  type LayerDigest,
  layerDigests,
  runReferenceBatch,
} from '@dropforge/quantized-inference';
import { emitC } from '../../emit/emit-c.ts';
import { defaultRuntimeDirectory } from '../build-target.ts';
import { compile, objectOf } from '../compile.ts';
import { decoderIncludeFlags, decoderLibraries, defaultDecoderDirectory, layOutDecoders } from '../decoders.ts';
import { type Compiler, findCompiler } from '../find-compiler.ts';
import { runProgram } from '../run-program.ts';
import type { Target } from '../target.ts';

export interface ParityKit {
  readonly target: Target;
  /** A program for the model. */
  build(model: IntegerModel): Promise<string>;
  /** Null when all logits are those of the reference; else which image, class and layer differ. */
  findDifference(model: IntegerModel, runner: string, images: Uint8Array, kernels: Kernels): Promise<string | null>;
  remove(): Promise<void>;
}

export type Kernels = 'auto' | 'portable';

/** Throws with the compiler's message when the runtime does not compile. `extraFlags` also reach the link. */
export async function createParityKit(
  target: Target,
  compiler?: Compiler,
  extraFlags: string[] = [],
): Promise<ParityKit> {
  const searchPath = process.env.PATH ?? '';
  const chosen = compiler ?? (await findCompiler(target, searchPath));
  if (chosen === null) throw new Error(`Install ${target.packages}.`);
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-parity-'));
  await cp(defaultRuntimeDirectory, directory, { recursive: true });
  if (!(await layOutDecoders(target, directory, defaultDecoderDirectory)))
    throw new Error('Run jobs/convert/fetch-decoders jobs/convert/.build/decoders.');
  const compileOptions = { directory, includeDirectories: ['include', 'src'], searchPath };
  const compileAll = async (sources: string[], flags: string[]) => {
    const options = {
      ...compileOptions,
      freestanding: false,
      extraFlags: [...decoderIncludeFlags, ...flags, ...extraFlags],
    };
    const failure = await compile(target, chosen, sources, options);
    if (failure !== null) throw new Error(failure.kind === 'failure' ? failure.stderr : failure.kind);
  };
  const folders = ['src', 'runner'];
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(join(directory, folder))).map((file) => `${folder}/${file}`)),
  );
  const runtime = files
    .flat()
    .filter((file) => file.endsWith('.c'))
    .sort();
  await compileAll(runtime, ['-Werror']);
  let built = 0;
  return {
    target,
    async build(model) {
      built++;
      const source = `network-${built}.c`;
      await writeFile(join(directory, source), emitC(model).get('df_network.c') ?? '');
      // The generated file is data and a list of calls: there is nothing to optimise.
      await compileAll([source], ['-O0', '-Werror']);
      const runner = join(directory, `network-${built}`);
      const linkArguments = [...chosen.targetArguments, ...chosen.linkArguments, ...target.flags, ...extraFlags];
      const objects = [...[source, ...runtime].map(objectOf), ...decoderLibraries];
      const statically = extraFlags.some((flag) => flag.startsWith('-fsanitize')) ? [] : ['-static'];
      const outcome = await runProgram(chosen.program, [...linkArguments, ...statically, ...objects, '-o', runner], {
        directory,
        timeoutSeconds: 60,
      });
      if (outcome.kind !== 'success') throw new Error(outcome.kind === 'failure' ? outcome.stderr : outcome.kind);
      return runner;
    },
    findDifference: (model, runner, images, kernels) =>
      findDifference(target, directory, model, runner, images, kernels),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function findDifference(
  target: Target,
  directory: string,
  model: IntegerModel,
  runner: string,
  images: Uint8Array,
  kernels: Kernels,
): Promise<string | null> {
  const [input, output] = [join(directory, 'images.u8'), join(directory, 'logits.i32')];
  await writeFile(input, images);
  await runMode(target, runner, kernels, ['--images', input, '--output', output]);
  const bytes = new Uint8Array(await readFile(output));
  const actual = new Int32Array(bytes.buffer, 0, bytes.length / 4);
  const comparison = compareLogits(runReferenceBatch(model, images), actual, model.classes.length);
  if (comparison.agree) return null;
  const imageBytes = images.length / comparison.images;
  const first = (comparison.firstDifference?.image ?? 0) * imageBytes;
  const image = images.subarray(first, first + imageBytes);
  await writeFile(input, image);
  const digests = JSON.parse(await runMode(target, runner, kernels, ['--layers', input])) as LayerDigest[]; // runner/layers.c
  return `${JSON.stringify(comparison.firstDifference)} from layer ${firstDivergingLayer(layerDigests(model, image), digests)}`;
}

async function runMode(target: Target, runner: string, kernels: Kernels, modeArguments: string[]): Promise<string> {
  const emulator = target.nodeArchitecture === process.arch ? [] : [target.emulator];
  const command = [`DF_KERNEL=${kernels}`, ...emulator, runner, ...modeArguments];
  const outcome = await runProgram('env', command, { timeoutSeconds: 60 });
  if (outcome.kind !== 'success') throw new Error(outcome.kind === 'failure' ? outcome.stderr : outcome.kind);
  return outcome.stdout;
}
