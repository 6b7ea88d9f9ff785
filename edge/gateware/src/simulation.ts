/** Commands for the simulator, and its answers. All commands of a session are given before the first answer is read. */
import { spawnSync } from 'node:child_process';
import { type ArraySize, registers } from '@dropforge/convert/fpga';
import { buildSimulator } from './build-simulator.ts';

/** Command numbers of tb/simulate.cpp. */
const commands = {
  PROBE: 1,
  LOAD: 2,
  RUN: 3,
  READ_LEVELS: 4,
  WRITE: 5,
  READ: 6,
  IDLE: 7,
  RESET: 8,
  PAUSES: 9,
  INTERRUPT: 10,
  READ_ACCUMULATORS: 11,
} as const;

export type RegisterName = keyof typeof registers;

/** What will be known once the session has run. Calling it before throws. */
export type Answer<T> = () => T;

/** Times that the driver asks whether a run has ended: far more than any run here takes. */
const MOST_POLLS = 2 ** 24;

export class Simulation {
  readonly #program: () => string;
  readonly #parts: Uint32Array[] = [];
  #expected = 0;
  #answers: Uint32Array | null = null;

  /** `program`: path of another simulator of the same array. */
  constructor(array: ArraySize, program: () => string = () => buildSimulator(array)) {
    this.#program = program;
  }

  /** Code of the driver: 0 when the engine is there. */
  probe(): Answer<number> {
    return this.#ask([commands.PROBE], 1, ([code = -1]) => code);
  }

  /** Code of the driver or the engine: 0 when the image is loaded. */
  load(image: Uint32Array): Answer<number> {
    return this.#ask([commands.LOAD, image.length, ...image], 1, ([code = -1]) => code);
  }

  /** `pixels`: a word each. */
  run(pixels: Uint32Array, mostPolls = MOST_POLLS): Answer<{ code: number; cycles: number }> {
    const words = [commands.RUN, pixels.length, ...pixels, mostPolls];
    return this.#ask(words, 2, ([code = -1, cycles = -1]) => ({ code, cycles }));
  }

  readLevels(buffer: number, count: number): Answer<Uint32Array> {
    return this.#ask([commands.READ_LEVELS, buffer, count], count, (words) => words);
  }

  /** Of the last pass, where it writes no levels. */
  readAccumulators(count: number): Answer<Uint32Array> {
    return this.#ask([commands.READ_ACCUMULATORS, count], count, (words) => words);
  }

  /** Response of the bus: 0 OKAY, 2 SLVERR. */
  write(address: number, value: number, strobes = 0xf): Answer<number> {
    return this.#ask([commands.WRITE, address, value, strobes], 1, ([response = -1]) => response);
  }

  writeRegister(name: RegisterName, value: number): Answer<number> {
    return this.write(registers[name].address, value);
  }

  read(name: RegisterName): Answer<number> {
    return this.#ask([commands.READ, registers[name].address], 1, ([value = -1]) => value);
  }

  idle(cycles: number): void {
    this.#ask([commands.IDLE, cycles], 0, () => null);
  }

  reset(): void {
    this.#ask([commands.RESET], 0, () => null);
  }

  /** Percent of cycles in which the bus hesitates, and in which the engine may not issue work. */
  pauses(busPercent: number, issuePercent: number, seed: number): void {
    this.#ask([commands.PAUSES, busPercent, issuePercent, seed], 0, () => null);
  }

  interrupt(): Answer<boolean> {
    return this.#ask([commands.INTERRUPT], 1, ([value]) => value === 1);
  }

  /** Carries out the session. Throws when the simulator fails. */
  finish(): void {
    const input = Buffer.concat(this.#parts.map((part) => new Uint8Array(part.buffer)));
    const { status, stdout, stderr, error } = spawnSync(this.#program(), [], {
      input,
      maxBuffer: 4 * this.#expected + 1024,
    });
    if (status !== 0) {
      // Verilator tells of a violated property on standard output, in between the answers.
      const [violated = ''] = /%Error:.*/.exec(stdout.toString('latin1')) ?? [];
      throw new Error(`The simulation failed: ${error?.message ?? stderr}${violated}`);
    }
    this.#answers = new Uint32Array(new Uint8Array(stdout).buffer);
  }

  #ask<T>(words: readonly number[], count: number, read: (words: Uint32Array) => T): Answer<T> {
    this.#parts.push(Uint32Array.from(words));
    const first = this.#expected;
    this.#expected += count;
    return () => {
      if (this.#answers === null) throw new Error('The simulation has not run yet.');
      return read(this.#answers.subarray(first, first + count));
    };
  }
}
