/** The board's own library and program, under the emulator of its processor, on simulated and broken engines. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type IntegerModel, predict, runReference } from '@dropforge/quantized-inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRunner } from '../../../../edge/agent/src/runner.ts';
import { arraySizes, arrayWord, lowerModel, registers, VERSION } from '../fpga/index.ts';
import { findSimulator, type Simulator, withEngine } from './simulator.ts';
import {
  array,
  arrayName,
  type BoardPrograms,
  buildBoardPrograms,
  codes,
  imagesOf,
  type LibraryAnswer,
  networks,
} from './testing/board-programs.ts';
import { type FakeEngine, withFakeEngine } from './testing/fake-engine.ts';

const { model, other } = networks;
let programs: BoardPrograms;
let simulator: Simulator;

beforeAll(async () => {
  programs = await buildBoardPrograms(['model', 'other']);
  simulator = await findSimulator(arrayName);
  if ('missing' in simulator) console.warn(`Tests on the simulated engine are skipped: ${simulator.missing}`);
}, 900_000);
afterAll(() => programs.remove());

const ask = (engine: string) => programs.ask(engine);

/** What a program gets where the engine is of no use: the same code everywhere, and nothing written. */
const failure = (code: number): LibraryAnswer => ({
  ...{ init: false, initError: code, runError: code, code },
  ...{ probabilities: [-1, -1, -1], logits: [-(2 ** 31), -(2 ** 31), -(2 ** 31)] },
});

/** Logits of each of a network's two images, one after the other. */
function referenceOf(network: IntegerModel): number[] {
  const pixels = imagesOf(network);
  const half = pixels.length / 2;
  return [0, 1].flatMap((index) => [...runReference(network, pixels.subarray(index * half, (index + 1) * half))]);
}

/** Skips by itself where there is no simulator; the hook has said why. */
async function onEngine(use: (engine: string) => Promise<void>, faults: readonly '--stuck'[] = []): Promise<void> {
  if ('program' in simulator) await withEngine(simulator.program, use, faults);
}

describe('the library for the board', () => {
  it('computes what the reference computes, by both of its interfaces', () =>
    onEngine(async (engine) => {
      const answer = await ask(engine);
      const logits = Int32Array.from(referenceOf(model).slice(0, model.classes.length));
      const { probabilities } = predict(logits, model.logitScale);
      expect(answer).toMatchObject({ init: true, initError: 0, runError: 0, code: 0, differingInThreads: 0 });
      expect(answer.logits).toEqual([...logits]);
      for (const [label, probability] of answer.probabilities.entries())
        expect(probability).toBeCloseTo(probabilities[label] ?? 0, 6);
    }));

  it('shares the engine with another process and another network, each with its own logits', () =>
    onEngine(async (engine) => {
      const runs = (['model', 'other', 'model', 'other'] as const).map((name) =>
        programs.runImages(programs.runnerOf(name), name, { engine }),
      );
      const [first, second] = [referenceOf(model), referenceOf(other)];
      expect(await Promise.all(runs)).toEqual([first, second, first, second]);
    }));

  it('answers the agent of a device, image after image', () =>
    onEngine(async (engine) => {
      process.env.DF_ENGINE = engine; // as the device's administrator would
      const pixels = imagesOf(model);
      const half = pixels.length / 2;
      const command = { prefix: ['qemu-arm'], path: programs.runnerOf('model'), directory: programs.directory };
      const runner = startRunner({ ...command, timeoutMilliseconds: 60_000 }, half, model.classes.length);
      delete process.env.DF_ENGINE;
      const answers = [0, 1].map((index) => runner.predict(pixels.subarray(index * half, (index + 1) * half)));
      expect((await Promise.all(answers)).flatMap((logits) => [...logits])).toEqual(referenceOf(model));
      runner.close();
      await runner.ended;
    }));

  it('takes the engine over from a process that ended during a run', () =>
    onEngine(async (engine) => {
      const { logits } = await ask(engine);
      const killed = connect(engine.slice('unix:'.length));
      // Write, CONTROL, start: a simulated engine goes on only while somebody looks at it.
      const request = Buffer.from(Uint32Array.of(2, registers.CONTROL.address, 1).buffer);
      await new Promise<void>((resolve) => killed.end(request, resolve));
      expect(await ask(engine)).toMatchObject({ code: 0, logits });
    }));

  it('says that another process holds the engine, after some seconds', () =>
    onEngine(async (engine) => {
      const prefix = ['flock', `${engine.slice('unix:'.length)}.lock`];
      expect(await programs.runImages(programs.runnerOf('model'), 'model', { engine, prefix })).toContain(
        `error ${codes.held}: Others`,
      );
    }));

  it('stops an engine that is stuck', () =>
    onEngine(
      async (engine) => expect(await ask(engine)).toEqual({ ...failure(codes.stuck), init: true, initError: 0 }),
      ['--stuck'],
    ));

  it('whose network is damaged says so, and runs nothing', () =>
    onEngine(async (engine) => {
      const bytes = await readFile(programs.runnerOf('model'));
      const words = Buffer.from(lowerModel(model, array).image.buffer);
      const at = bytes.indexOf(words);
      expect(at).toBeGreaterThan(0);
      bytes.writeUInt8((bytes[at + words.length - 20] ?? 0) ^ 1, at + words.length - 20);
      const damaged = join(programs.directory, 'damaged-run');
      await writeFile(damaged, bytes, { mode: 0o755 });
      expect(await programs.runImages(damaged, 'model', { engine })).toContain(
        `error ${codes.image}: The engine refuses`,
      );
    }));
});

describe('an engine', () => {
  const checksum = lowerModel(model, array).image.at(-1) ?? 0;
  const [LOADED, ERROR] = [0b100, 0b1000];
  const ready = { ARRAY: arrayWord(array), STATUS: LOADED, CHECKSUM: checksum };

  it.each<[string, number, FakeEngine]>([
    ['that is another design', codes.bitstream, { shows: { IDENTITY: 0xffffffff } }],
    ['of another major version', codes.version, { shows: { VERSION: (VERSION.major + 1) << 16 } }],
    ['with another array', codes.array, { shows: { ARRAY: arrayWord(arraySizes['64x64']) } }],
    ['that takes no network', codes.image, { shows: { ...ready, STATUS: 0 } }],
  ])('%s has its own code', async (_, code, engine) => {
    expect(await withFakeEngine(engine, ask)).toEqual(failure(code));
  });

  it.each<[string, number, FakeEngine]>([
    ['that forgets its network', codes.notLoaded, { shows: ready, afterStart: { STATUS: ERROR, ERROR: 8 } }],
    ['that is reset during the run', codes.lost, { shows: ready, afterStart: { STATUS: 0 } }],
    ['that gets another network during the run', codes.lost, { shows: ready, afterStart: { STATUS: 6, CHECKSUM: 1 } }],
  ])('%s leaves the outputs untouched', async (_, code, engine) => {
    const { init, runError, logits, probabilities } = await withFakeEngine(engine, ask);
    expect({ init, runError, logits, probabilities }).toMatchObject({ init: true, runError: code });
    expect([logits, probabilities]).toEqual([failure(code).logits, failure(code).probabilities]);
  });

  it('that goes away is no engine any more, and the program goes on', async () => {
    const answer = await withFakeEngine({ shows: ready, afterStart: null }, ask);
    expect(answer).toEqual({ ...failure(codes.bitstream), init: true, initError: 0, runError: codes.lost });
  });
});
