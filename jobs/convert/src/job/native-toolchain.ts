import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emitC } from '../emit/emit-c.ts';
import {
  buildTarget,
  defaultRuntimeDirectory,
  ElfError,
  readElf,
  runTarget,
  type TargetName,
  targets,
} from '../targets/index.ts';
import { TargetFailure, type Toolchain } from './toolchain.ts';

export interface NativeToolchainOptions {
  /** Where to look for compilers and emulators instead of PATH. */
  readonly searchPath?: string;
}

/** The real toolchain: clang or gcc, and qemu for targets that this machine cannot run. */
export function nativeToolchain({ searchPath }: NativeToolchainOptions = {}): Toolchain {
  const search = searchPath === undefined ? {} : { searchPath };
  return {
    emit: emitC,
    async build(target, sources, directory) {
      const result = await buildTarget(targets[target], sources, directory, search);
      if (result.status === 'failed') throw new TargetFailure(result.code, result.message);
      return result;
    },
    async run({ target, runner, imagesFile, logitsFile, timeoutSeconds }) {
      const result = await runTarget(targets[target], runner, imagesFile, logitsFile, { timeoutSeconds, ...search });
      if (result.status === 'failed') throw new TargetFailure(result.code, result.message);
      return result;
    },
    inspect(target, bytes) {
      const { symbols, ...elf } = described(bytes);
      if (elf.machine === ELF_MACHINES[target]) return { elf, symbols };
      throw new TargetFailure('ELF_MISMATCH', `The compiler for ${target} made a file for ${elf.machine}.`);
    },
    header: () => readFile(join(defaultRuntimeDirectory, 'include', 'dropforge.h')),
  };
}

const ELF_MACHINES: Readonly<Record<TargetName, string>> = { x86_64: 'x86_64', aarch64: 'aarch64', armv7l: 'arm' };

function described(bytes: Uint8Array): ReturnType<typeof readElf> {
  try {
    return readElf(bytes);
  } catch (error) {
    if (error instanceof ElfError) throw new TargetFailure(error.code, error.message);
    throw error;
  }
}
