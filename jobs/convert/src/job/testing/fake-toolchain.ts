import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IntegerModel, runReferenceBatch } from '@dropforge/quantized-inference';
import type { TargetName } from '../../targets/index.ts';
import { TargetFailure, type Toolchain } from '../toolchain.ts';

export interface FakeBehaviour {
  /** Targets without a compiler. */
  readonly missing?: readonly TargetName[];
  /** Targets whose first logit comes out one too large. */
  readonly wrong?: readonly TargetName[];
  /** Targets whose runner writes half of the logits. */
  readonly truncated?: readonly TargetName[];
}

/** A toolchain without compilers: every target "runs" the reference executor. Same contract as the real one. */
export function fakeToolchain({ missing = [], wrong = [], truncated = [] }: FakeBehaviour = {}): Toolchain {
  let model: IntegerModel | undefined;
  return {
    emit(target, given) {
      model = given;
      const sources = new Map([['network.c', JSON.stringify(given.classes)]]);
      const engine = { array: '64x64', cyclesPerImage: 1_000, imageBytes: 4_000 };
      return target === 'fpga' ? { sources, engine } : { sources };
    },
    async build(target, sources, directory) {
      if (missing.includes(target)) throw new TargetFailure('COMPILER_MISSING', `There is no compiler for ${target}.`);
      await mkdir(directory, { recursive: true });
      const at = (name: string) => join(directory, name);
      const built = { runner: at('runner'), library: at('library'), archive: at('archive') };
      await writeFile(built.runner, `runner ${target} ${[...sources.values()].join()}`);
      await writeFile(built.library, `library ${target}`);
      await writeFile(built.archive, `archive ${target}`);
      return built;
    },
    async run({ target, imagesFile, logitsFile }) {
      if (model === undefined) throw new Error('run before emit');
      const logits = runReferenceBatch(model, await readFile(imagesFile));
      if (wrong.includes(target)) logits[0] = (logits[0] ?? 0) + 1;
      const kept = truncated.includes(target) ? logits.subarray(0, logits.length >> 1) : logits;
      await writeFile(logitsFile, new Uint8Array(kept.buffer, 0, kept.byteLength));
      return { millisecondsPerImage: 1, emulated: target !== 'x86_64' };
    },
    inspect: (target) => ({ elf: { machine: target }, symbols: ['df_run'] }),
    header: async () => Buffer.from('/* header */\n'),
  };
}
