/** The board's top level, simulated: the driver's steps by register accesses of a simulated processor. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type ArraySize, parametersOf, registers, windows } from '@dropforge/convert/fpga';
import { makeFlags } from '../../src/make-flags.ts';
import { runTool } from '../../src/run-tool.ts';
import { buildFolder, hardwareSources, root } from '../../src/sources.ts';
import { boardModules, boardRoot } from './board-sources.ts';

/** Command numbers of tb/simulate_board.cpp. */
const commands = { WRITE: 1, READ: 2, AWAIT_INTERRUPT: 3, LIGHTS: 4 } as const;
/** Words of the longest AXI3 burst. */
const BURST_WORDS = 16;
const MOST_CYCLES = 10_000_000;

/** What will be known once the session has run. Calling it before throws. */
export type Answer<T> = () => T;

/** Everything but the empty cells of the vendor's, which lint needs as well. */
export function topLevelSources(): string[] {
  const cells = ['vendor_cells.sv', 'simulated_cells.sv'].map((name) => join(boardRoot, 'tb', name));
  return [...hardwareSources(), ...cells, ...boardModules()];
}

export const lintFiles = [join(root, 'rtl/lint.vlt'), join(boardRoot, 'tb/lint.vlt')];

export function parameterArguments(array: ArraySize): string[] {
  return Object.entries(parametersOf(array)).map(([name, value]) => `-G${name}=${value}`);
}

export class BoardSimulation {
  readonly #array: ArraySize;
  readonly #words: number[] = [];
  #expected = 0;
  #answers: Uint32Array | null = null;

  constructor(array: ArraySize) {
    this.#array = array;
  }

  /** Writes consecutive words, in bursts. */
  write(address: number, words: ArrayLike<number>): void {
    for (let first = 0; first < words.length; first += BURST_WORDS) {
      const burst = Array.from(words).slice(first, first + BURST_WORDS);
      this.#words.push(commands.WRITE, address + 4 * first, burst.length, ...burst);
    }
  }

  writeRegister(name: keyof typeof registers, value: number): void {
    this.write(registers[name].address, [value]);
  }

  /** Writes the image of a network: each burst begins where the window does, which takes words at any address. */
  load(image: Uint32Array): void {
    this.writeRegister('CONTROL', 2);
    for (let first = 0; first < image.length; first += BURST_WORDS)
      this.write(windows.LOAD.address, image.subarray(first, first + BURST_WORDS));
  }

  read(address: number, count: number): Answer<Uint32Array> {
    const start = this.#expected;
    for (let first = 0; first < count; first += BURST_WORDS)
      this.#words.push(commands.READ, address + 4 * first, Math.min(BURST_WORDS, count - first));
    this.#expected += count;
    return () => {
      if (this.#answers === null) throw new Error('The simulation has not run yet.');
      return this.#answers.subarray(start, start + count);
    };
  }

  readRegister(name: keyof typeof registers): Answer<number> {
    const words = this.read(registers[name].address, 1);
    return () => words()[0] ?? -1;
  }

  /** The session fails when none comes. */
  awaitInterrupt(): void {
    this.#words.push(commands.AWAIT_INTERRUPT, MOST_CYCLES);
  }

  /** Bits of the lights, 0 the first. */
  lights(): Answer<number> {
    this.#words.push(commands.LIGHTS);
    const at = this.#expected++;
    return () => this.#answers?.[at] ?? -1;
  }

  /** Carries out the session. Throws when the simulator fails. */
  finish(): void {
    const { status, stdout, stderr, error } = spawnSync(buildBoardSimulator(this.#array), [], {
      input: new Uint8Array(Uint32Array.from(this.#words).buffer),
      maxBuffer: 4 * this.#expected + 1024,
    });
    if (status !== 0) throw new Error(`The simulation failed: ${error?.message ?? stderr}`);
    this.#answers = new Uint32Array(new Uint8Array(stdout).buffer);
  }
}

/** Returns the path of the simulator, built once for each array and state of the sources. */
function buildBoardSimulator(array: ArraySize): string {
  const sources = [...lintFiles, ...topLevelSources(), join(boardRoot, 'tb/simulate_board.cpp')];
  const hash = createHash('sha256')
    .update(JSON.stringify(array))
    .update(readFileSync(import.meta.filename));
  for (const path of sources) hash.update(readFileSync(path));
  const folder = join(buildFolder, `board-${array.name}-${hash.digest('hex').slice(0, 16)}`);
  const program = join(folder, 'simulate');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  runTool('verilator', [
    ...['--cc', '--exe', '--build', '--top-module', 'df_de10_nano', '--Mdir', folder, '-o', 'simulate'],
    ...['-O3', '--x-assign', 'unique', '--x-initial', 'unique', '--assert', '-j', `${availableParallelism()}`],
    ...['-CFLAGS', '-std=c++17', ...makeFlags('-O1')],
    ...parameterArguments(array),
    ...sources,
  ]);
  return program;
}
