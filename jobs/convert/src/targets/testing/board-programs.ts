/** Networks for the small array, built as the board's library and program, and ways to ask them under its emulator. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { IntegerModel } from '@dropforge/quantized-inference';
import { modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import { emitEngine } from '../../emit/emit-engine.ts';
import { arraySizes } from '../../fpga/index.ts';
import { buildTarget, defaultRuntimeDirectory } from '../build-target.ts';
import { targets } from '../targets.ts';

const execute = promisify(execFile);

/** The small array has everything that the large ones have, and is built for the gateware's tests already. */
export const arrayName = '32x8';
export const array = arraySizes[arrayName];
const convolution = { op: 'convolution', kernel: 3, stride: 1, padding: 1, bits: 2 } as const;
export const networks = {
  /** Not square, and more channels than the array reads at once: neither axis nor group may be exchanged unnoticed. */
  model: modelFromPlan({
    input: { height: 6, width: 8, channels: 3 },
    layers: [
      { ...convolution, channels: 16, weights: 'int8' },
      { ...convolution, channels: 40, weights: 'bits' },
    ],
    classes: 3,
    seed: 4,
  }),
  other: modelFromPlan({
    input: { height: 4, width: 4, channels: 1 },
    layers: [{ ...convolution, channels: 8, weights: 'bits' }],
    classes: 2,
    seed: 5,
  }),
};
export type NetworkName = keyof typeof networks;

/** Two images for each network, always the same ones. */
export const imagesOf = ({ input }: IntegerModel): Uint8Array => randomPixels(input, 2, 7);

/** Codes of include/dropforge.h. */
export const codes = {
  ...{ none: -16, permission: -17, bitstream: -18, version: -19, array: -20, held: -21 },
  ...{ image: -22, notLoaded: -23, stuck: -24, lost: -26 },
};

export interface BoardPrograms {
  readonly directory: string;
  /** Path of the `dropforge-run` of a network. */
  runnerOf(name: NetworkName): string;
  /** What a program that loads the library of `model` gets from it for the first image. */
  ask(engine: string): Promise<LibraryAnswer>;
  /** The logits of a network's images, or what the program said. */
  runImages(runner: string, name: NetworkName, options: RunOptions): Promise<number[] | string>;
  remove(): Promise<void>;
}

export interface LibraryAnswer {
  readonly init: boolean;
  readonly initError: number;
  readonly runError: number;
  readonly code: number;
  /** Logits that came out otherwise while two threads ran; absent: no run succeeded. */
  readonly differingInThreads?: number;
  readonly probabilities: number[];
  readonly logits: number[];
}

export interface RunOptions {
  readonly engine?: string;
  /** Where the emulator looks for files before it looks at this machine's. */
  readonly root?: string;
  /** Comes before the emulator. */
  readonly prefix?: readonly string[];
}

export async function buildBoardPrograms(names: readonly NetworkName[]): Promise<BoardPrograms> {
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-engine-test-'));
  const at = (...parts: string[]) => join(directory, ...parts);
  for (const name of names) {
    const { sources } = emitEngine(networks[name], array);
    const built = await buildTarget(targets.fpga, sources, at(name));
    if (built.status === 'failed') throw new Error(built.message);
    await writeFile(at(`${name}.u8`), imagesOf(networks[name]));
  }
  const source = fileURLToPath(new URL('library-host.c', import.meta.url));
  const include = `-I${join(defaultRuntimeDirectory, 'include')}`;
  await execute('arm-linux-gnueabihf-gcc', [
    '-Wall',
    '-Wextra',
    include,
    source,
    '-pthread',
    '-o',
    at('library-host'),
    '-ldl',
  ]);
  return {
    directory,
    runnerOf: (name) => at(name, 'dropforge-run'),
    async ask(engine) {
      const command = ['-L', '/usr/arm-linux-gnueabihf', at('library-host'), at('model/libdlk.so'), at('model.u8')];
      const { stdout } = await execute('qemu-arm', command, { env: environment(engine) });
      return JSON.parse(stdout) as LibraryAnswer; // printed by library-host.c
    },
    async runImages(runner, name, { engine = '', root = '/', prefix = [] }) {
      const output = at(`${crypto.randomUUID()}.i32`);
      const modeArguments = ['--images', at(`${name}.u8`), '--output', output];
      const [program = '', ...rest] = [...prefix, 'qemu-arm', '-L', root, runner, ...modeArguments];
      try {
        await execute(program, rest, { env: environment(engine) });
      } catch (error) {
        return (error as { stderr: string }).stderr.trim(); // as node:child_process rejects
      }
      const bytes = await readFile(output);
      return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(4 * index));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function environment(DF_ENGINE: string) {
  return { PATH: process.env.PATH, DF_ENGINE };
}
