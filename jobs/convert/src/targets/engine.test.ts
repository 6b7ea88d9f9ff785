/** The board's own library and program, under the emulator of its processor, on simulated and broken engines. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { predict, runReference } from '@dropforge/quantized-inference';
import { modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitEngine } from '../emit/emit-engine.ts';
import { arraySizes, arrayWord, IDENTITY, lowerModel, registers, VERSION, windows } from '../fpga/index.ts';
import { buildTarget, defaultRuntimeDirectory } from './build-target.ts';
import { findSimulator, type Simulator, withEngine } from './simulator.ts';
import { targets } from './targets.ts';
import { type FakeEngine, withFakeEngine } from './testing/fake-engine.ts';

const execute = promisify(execFile);

/** The small array has everything that the large ones have, and is built for the gateware's tests already. */
const array = arraySizes['32x8'];
const convolution = { op: 'convolution', kernel: 3, stride: 1, padding: 1, bits: 2 } as const;
/** Not square, and more channels than the array reads at once: neither axis nor group may be exchanged unnoticed. */
const model = modelFromPlan({
  input: { height: 6, width: 8, channels: 3 },
  layers: [
    { ...convolution, channels: 16, weights: 'int8' },
    { ...convolution, channels: 40, weights: 'bits' },
  ],
  classes: 3,
  seed: 4,
});
const other = modelFromPlan({
  input: { height: 4, width: 4, channels: 1 },
  layers: [{ ...convolution, channels: 8, weights: 'bits' }],
  classes: 2,
  seed: 5,
});

/** Codes of include/dropforge.h. */
const codes = {
  ...{ none: -16, permission: -17, bitstream: -18, version: -19, array: -20, held: -21 },
  ...{ image: -22, notLoaded: -23, stuck: -24, lost: -26 },
};

let directory: string;
let simulator: Simulator;
let host: string;
const image = () => join(directory, 'image.u8');
const runnerOf = (name: 'model' | 'other') => join(directory, name, 'dropforge-run');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-engine-test-'));
  const networks = { model, other };
  for (const [name, network] of Object.entries(networks)) {
    const built = await buildTarget(targets.fpga, emitEngine(network, array).sources, join(directory, name), {
      extraFlags: ['-O1'],
    });
    if (built.status === 'failed') throw new Error(built.message);
    await writeFile(join(directory, `${name}.u8`), randomPixels(network.input, 2, 7));
  }
  await writeFile(image(), randomPixels(model.input, 1, 7));
  host = join(directory, 'library-host');
  const source = fileURLToPath(new URL('testing/library-host.c', import.meta.url));
  const include = `-I${join(defaultRuntimeDirectory, 'include')}`;
  await execute('arm-linux-gnueabihf-gcc', ['-Wall', '-Wextra', include, source, '-o', host, '-ldl']);
  simulator = await findSimulator(array.name as '32x8');
  if ('missing' in simulator) console.warn(`Tests on the simulated engine are skipped: ${simulator.missing}`);
}, 900_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Answer {
  readonly init: boolean;
  readonly initError: number;
  readonly runError: number;
  readonly code: number;
  readonly probabilities: number[];
  readonly logits: number[];
}

/** What a program that loads the library gets from it. */
async function ask(engine: string): Promise<Answer> {
  const command = ['-L', '/usr/arm-linux-gnueabihf', host, join(directory, 'model', 'libdlk.so'), image()];
  const { stdout } = await execute('qemu-arm', command, { env: { PATH: process.env.PATH, DF_ENGINE: engine } });
  return JSON.parse(stdout) as Answer; // printed by library-host.c
}

/** What it gets where the engine is of no use: the same code everywhere, and nothing written. */
const failure = (code: number): Answer => ({
  ...{ init: false, initError: code, runError: code, code },
  ...{ probabilities: [-1, -1, -1], logits: [-(2 ** 31), -(2 ** 31), -(2 ** 31)] },
});

interface RunOptions {
  readonly engine?: string;
  /** Where the emulator looks for files before it looks at this machine's. */
  readonly root?: string;
  /** Comes before the emulator. */
  readonly prefix?: readonly string[];
}

/** The logits of the file of images, or the last line of what the program said. */
async function runImages(
  runner: string,
  name: 'model' | 'other',
  { engine = '', root = '/', prefix = [] }: RunOptions,
): Promise<number[] | string> {
  const output = join(directory, `${name}.${Math.random()}.i32`);
  const parts = [
    ...prefix,
    'qemu-arm',
    '-L',
    root,
    runner,
    '--images',
    join(directory, `${name}.u8`),
    '--output',
    output,
  ];
  const env = { PATH: process.env.PATH, DF_ENGINE: engine };
  try {
    await execute(parts[0] ?? '', parts.slice(1), { env });
  } catch (error) {
    return (error as { stderr: string }).stderr.trim(); // as node:child_process rejects
  }
  const bytes = await readFile(output);
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(4 * index));
}

const referenceOf = (network: typeof model) => {
  const pixels = randomPixels(network.input, 2, 7);
  const half = pixels.length / 2;
  return [0, 1].flatMap((index) => [...runReference(network, pixels.subarray(index * half, (index + 1) * half))]);
};

/** Skips by itself where there is no simulator; the hook has said why. */
async function onEngine(use: (engine: string) => Promise<void>, faults: readonly '--stuck'[] = []): Promise<void> {
  if ('program' in simulator) await withEngine(simulator.program, use, faults);
}

describe('the library for the board', () => {
  it('computes what the reference computes, by both of its interfaces', () =>
    onEngine(async (engine) => {
      const answer = await ask(engine);
      const pixels = randomPixels(model.input, 1, 7);
      const logits = runReference(model, pixels);
      const { probabilities } = predict(logits, model.logitScale);
      expect(answer).toMatchObject({ init: true, initError: 0, runError: 0, code: 0 });
      expect(answer.logits).toEqual([...logits]);
      for (const [label, probability] of answer.probabilities.entries())
        expect(probability).toBeCloseTo(probabilities[label] ?? 0, 6);
    }));

  it('shares the engine with another process and another network, each with its own logits', () =>
    onEngine(async (engine) => {
      const runs = (['model', 'other', 'model', 'other'] as const).map((name) =>
        runImages(runnerOf(name), name, { engine }),
      );
      const [first, second] = [referenceOf(model), referenceOf(other)];
      expect(await Promise.all(runs)).toEqual([first, second, first, second]);
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
      expect(await runImages(runnerOf('model'), 'model', { engine, prefix })).toContain(`error ${codes.held}: Others`);
    }));

  it('stops an engine that is stuck', () =>
    onEngine(
      async (engine) => expect(await ask(engine)).toEqual({ ...failure(codes.stuck), init: true, initError: 0 }),
      ['--stuck'],
    ));

  it('whose network is damaged says so, and runs nothing', () =>
    onEngine(async (engine) => {
      const bytes = await readFile(runnerOf('model'));
      const words = Buffer.from(lowerModel(model, array).image.buffer);
      const at = bytes.indexOf(words);
      expect(at).toBeGreaterThan(0);
      bytes.writeUInt8((bytes[at + words.length - 20] ?? 0) ^ 1, at + words.length - 20);
      const damaged = join(directory, 'damaged-run');
      await writeFile(damaged, bytes, { mode: 0o755 });
      expect(await runImages(damaged, 'model', { engine })).toContain(`error ${codes.image}: The engine refuses`);
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

describe('a board', () => {
  const run = (root: string, more: RunOptions = {}) => runImages(runnerOf('model'), 'model', { root, ...more });

  /** The files of a board's system, and the registers of its engine as the file that a device is. */
  async function board(name: string, files: Readonly<Record<string, string>>, device?: Buffer): Promise<string> {
    const root = join(directory, name);
    const write = async (path: string, content: string | Buffer) => {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), content);
    };
    for (const [path, content] of Object.entries(files)) await write(path, content);
    if (device) await write('dev/uio11', device);
    return root;
  }
  const uio = { 'sys/class/uio/uio0/name': 'other\n', 'sys/class/uio/uio11/name': 'dropforge\n' };
  const operating = {
    'sys/class/fpga_manager/fpga0/state': 'operating\n',
    'sys/class/fpga_bridge/br0/name': 'hps2fpga\n',
    'sys/class/fpga_bridge/br1/name': 'lwhps2fpga\n',
    'sys/class/fpga_bridge/br1/state': 'enabled\n',
  };

  /** Registers of an engine that has run; its last buffer is all ones, so that every level is 3. */
  function ranEngine(): Buffer {
    const network = lowerModel(model, array);
    const device = Buffer.alloc(2 ** 21);
    const [LOADED, DONE] = [0b100, 0b10];
    const values = { IDENTITY, VERSION: VERSION.major << 16, ARRAY: arrayWord(array), STATUS: LOADED | DONE };
    for (const [register, value] of Object.entries({ ...values, CHECKSUM: network.image.at(-1) ?? 0 }))
      device.writeUInt32LE(value, registers[register as keyof typeof registers].address);
    const window = network.passes.at(-1)?.buffer === 0 ? windows.LEVELS_0 : windows.LEVELS_1;
    return device.fill(0xff, window.address, window.address + window.bytes);
  }

  it('is read by the map of its UIO device', async () => {
    const root = await board('good', { ...uio, ...operating }, ranEngine());
    const head = model.layers.at(-1);
    if (head?.op !== 'head') throw new Error('The model has no head.');
    const { weights, bias } = head;
    const channels = weights.length / bias.length;
    const sum = (label: number) =>
      weights.subarray(label * channels, (label + 1) * channels).reduce((a, b) => a + b, 0);
    const logits = Array.from(bias, (start, label) => start + 3 * 6 * 8 * sum(label));
    expect(await run(root)).toEqual([...logits, ...logits]);
    const device = await readFile(join(root, 'dev/uio11'));
    const [red = 0, green = 0, blue = 0] = randomPixels(model.input, 2, 7).subarray(
      model.input.height * model.input.width * 3,
    );
    expect(device.readUInt32LE(windows.PIXELS.address)).toBe(red | (green << 8) | (blue << 16));
    expect(device.readUInt32LE(registers.CONTROL.address)).toBe(1);
  });

  it('is read at its physical address where it is asked for', async () => {
    const BRIDGE = 0xff200000;
    const root = await board('memory', operating);
    await mkdir(join(root, 'dev'));
    const memory = await open(join(root, 'dev/mem'), 'w+');
    await memory.write(ranEngine(), 0, undefined, BRIDGE);
    const logits = await run(root, { engine: '/dev/mem' });
    const control = await memory.read(Buffer.alloc(4), 0, 4, BRIDGE + registers.CONTROL.address);
    await memory.close();
    expect(logits).toEqual(await run(await board('good', {}, ranEngine())));
    expect(control.buffer.readUInt32LE()).toBe(1);
  });

  it('without the device, with an unknown one, or with a socket that nobody listens on has no engine', async () => {
    const root = await board('bare', { 'sys/class/uio/uio0/name': 'other\n' });
    for (const engine of ['', 'uio', 'tty', `unix:${join(directory, 'nobody')}`])
      expect(await run(root, { engine })).toContain(`error ${codes.none}: There is no UIO device named dropforge`);
  });

  it.each(['', '/dev/mem'])('whose FPGA is not configured, or cut off, is not touched (%s)', async (engine) => {
    const unloaded = { ...uio, ...operating, 'sys/class/fpga_manager/fpga0/state': 'power up\n' };
    const closed = { ...uio, ...operating, 'sys/class/fpga_bridge/br1/state': 'disabled\n' };
    for (const [name, files] of Object.entries({ unloaded, closed })) {
      const root = await board(`${name}${engine.length}`, files, ranEngine());
      expect(await run(root, { engine })).toContain(`error ${codes.bitstream}: Nothing answers as the engine`);
    }
  });

  it('that does not let the user in says so', async () => {
    const root = await board('closed', { ...uio, ...operating }, ranEngine());
    await execute('chmod', ['-R', 'go+rX', directory]);
    await execute('chmod', ['0600', join(root, 'dev/uio11')]);
    // The file's owner may always open it; nobody else.
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) await execute('chmod', ['0000', join(root, 'dev/uio11')]);
    await execute('chmod', ['0777', directory]);
    expect(await run(root, { prefix: isRoot ? nobody : [] })).toContain(
      `error ${codes.permission}: This user may not open`,
    );
  });
});
