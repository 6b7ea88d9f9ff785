import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  abiNames,
  describeFile,
  type FileFacts,
  findBreaches,
  findMisfits,
  InspectionError,
  profiles,
} from '@dropforge/artifact-inspection';
import type { IntegerModel } from '@dropforge/quantized-inference';
import { emitC, type Sources } from '../emit/emit-c.ts';
import { emitEngine } from '../emit/emit-engine.ts';
import { type ArrayName, arraySizes, FpgaRefusal } from '../fpga/index.ts';
import {
  buildTarget,
  defaultRuntimeDirectory,
  runTarget,
  type Target,
  type TargetName,
  targets,
} from '../targets/index.ts';
import { type ElfFacts, type EmittedSources, TargetFailure, type Toolchain } from './toolchain.ts';

export interface NativeToolchainOptions {
  /** Where to look for compilers and emulators instead of PATH. */
  readonly searchPath?: string;
  /** The engines' array instead of the product's: the simulator of a small one is built sooner. */
  readonly array?: ArrayName;
}

/** The real toolchain: clang or gcc, and qemu for targets that this machine cannot run. */
export function nativeToolchain({ searchPath, array }: NativeToolchainOptions = {}): Toolchain {
  const targetOf = (name: TargetName): Target => {
    const { engine, ...target } = targets[name];
    return engine ? { ...target, engine: { ...engine, array: array ?? engine.array } } : target;
  };
  const emitted = once(emitC);
  const search = searchPath === undefined ? {} : { searchPath };
  return {
    emit(target, model) {
      const { engine } = targetOf(target);
      return engine ? emitForEngine(model, engine.array) : { sources: emitted(model) };
    },
    async build(target, sources, directory) {
      const result = await buildTarget(targetOf(target), sources, directory, search);
      if (result.status === 'failed') throw new TargetFailure(result.code, result.message);
      return result;
    },
    async run({ target, runner, imagesFile, logitsFile, timeoutSeconds }) {
      const result = await runTarget(targetOf(target), runner, imagesFile, logitsFile, { timeoutSeconds, ...search });
      if (result.status === 'failed') throw new TargetFailure(result.code, result.message);
      return result;
    },
    inspect(target, bytes) {
      const facts = described(bytes);
      // What is unfit for its devices is not worth running, and the gate would refuse it.
      const [fault] = [
        ...findMisfits(facts, profiles[target]),
        ...findBreaches(facts, facts.kind, facts.kind === 'program' ? [] : abiNames),
      ];
      if (fault)
        throw new TargetFailure(fault.code, `The build for ${target} does not fit its devices: ${fault.message}`);
      return manifestFacts(facts);
    },
    header: () => readFile(join(defaultRuntimeDirectory, 'include', 'dropforge.h')),
  };
}

function emitForEngine(model: IntegerModel, array: ArrayName): EmittedSources {
  try {
    const { sources, cycles, imageBytes } = emitEngine(model, arraySizes[array]);
    return { sources, engine: { array, cyclesPerImage: cycles, imageBytes } };
  } catch (error) {
    if (error instanceof FpgaRefusal) throw new TargetFailure(error.code, error.message);
    throw error;
  }
}

/** Processors share their sources, which take a while to write. */
function once(emit: (model: IntegerModel) => Sources): (model: IntegerModel) => Sources {
  const known = new WeakMap<IntegerModel, Sources>();
  return (model) => {
    const sources = known.get(model) ?? emit(model);
    known.set(model, sources);
    return sources;
  };
}

/** What the manifest says for people; the gate reads the file itself. */
function manifestFacts({
  exported,
  bytes: _,
  segments: __,
  undefined: ___,
  hidden: ____,
  ...elf
}: FileFacts): ElfFacts {
  return { elf, symbols: exported };
}

function described(bytes: Uint8Array): FileFacts {
  try {
    return describeFile(bytes);
  } catch (error) {
    if (error instanceof InspectionError) throw new TargetFailure(error.code, error.message);
    throw error;
  }
}
