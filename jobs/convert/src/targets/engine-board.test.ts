/** How the board's program finds its engine: in a system of files that the emulator shows to it. */
import { execFile } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayWord, IDENTITY, lowerModel, registers, VERSION, windows } from '../fpga/index.ts';
import {
  array,
  type BoardPrograms,
  buildBoardPrograms,
  codes,
  imagesOf,
  networks,
  type RunOptions,
} from './testing/board-programs.ts';

const execute = promisify(execFile);
const { model } = networks;
let programs: BoardPrograms;

beforeAll(async () => {
  programs = await buildBoardPrograms(['model']);
}, 300_000);
afterAll(() => programs.remove());

describe('a board', () => {
  const run = (root: string, more: RunOptions = {}) =>
    programs.runImages(programs.runnerOf('model'), 'model', { root, ...more });

  /** The files of a board's system, and the registers of its engine as the file that a device is. */
  async function board(name: string, files: Readonly<Record<string, string>>, device?: Buffer): Promise<string> {
    const root = join(programs.directory, name);
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
    const [red = 0, green = 0, blue = 0] = imagesOf(model).subarray(model.input.height * model.input.width * 3);
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

  it('whose engine never ends is waited for by its interrupt, not for ever, and then stopped', async () => {
    const device = ranEngine();
    const [BUSY, LOADED, ABORT] = [0b1, 0b100, 0b100];
    device.writeUInt32LE(BUSY | LOADED, registers.STATUS.address);
    const root = await board('stuck', { ...uio, ...operating }, device);
    expect(await run(root)).toContain(`error ${codes.stuck}: The engine did not end in time`);
    expect((await readFile(join(root, 'dev/uio11'))).readUInt32LE(registers.CONTROL.address)).toBe(ABORT);
  });

  it('without the device, with an unknown one, or with a socket that nobody listens on has no engine', async () => {
    const root = await board('bare', { 'sys/class/uio/uio0/name': 'other\n' });
    for (const engine of ['', 'uio', 'tty', `unix:${join(programs.directory, 'nobody')}`])
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
    await execute('chmod', ['-R', 'go+rX', programs.directory]);
    await execute('chmod', ['0600', join(root, 'dev/uio11')]);
    // The file's owner may always open it; nobody else.
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) await execute('chmod', ['0000', join(root, 'dev/uio11')]);
    await execute('chmod', ['0777', programs.directory]);
    expect(await run(root, { prefix: isRoot ? nobody : [] })).toContain(
      `error ${codes.permission}: This user may not open`,
    );
  });
});
