import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Behaviour, FakeBoard } from './testing/fake-board.ts';

const state = 'var/lib/dropforge/bitstream';
let board: FakeBoard;
beforeEach(() => {
  board = new FakeBoard();
});
afterEach(() => board.remove());

describe('a bitstream that answers', () => {
  it('is loaded, and the bridge before it', () => {
    const digest = board.bitstream('answers');
    const { status, stdout, stderr } = board.load(digest);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^LOADED: /);
    expect(status).toBe(0);
    expect(board.array()).toBe(1);
    expect(
      board
        .read('journal')
        ?.split('\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['the bridge', `dropforge/${digest}.rbf`]);
  });

  it('was written down before it was loaded, and counts as current only then', () => {
    const digest = board.bitstream('answers');
    board.load(digest);
    expect(board.read('journal')).toContain(`attempt ${digest} 1`);
    expect(board.read(`${state}/attempt`)).toBeUndefined();
    expect(board.read(`${state}/current`)).toBe(digest);
  });

  it('stays where it is when the nucleus starts again, and is loaded again when the board does', () => {
    const digest = board.bitstream('answers');
    board.load(digest);
    const loads = board.read('journal');
    expect(board.load(digest).stdout).toContain('loaded already');
    expect(board.read('journal')).toBe(loads);
    board.restart();
    expect(board.load(digest).status).toBe(0);
    expect(board.array()).toBe(1);
  });

  it('leaves the one before it to go back to, and no others', () => {
    const digests = [1, 2, 3].map((array) => {
      const digest = board.bitstream('answers', array);
      expect(board.load(digest, array).status).toBe(0);
      return digest;
    });
    expect(board.array()).toBe(3);
    expect(readdirSync(join(board.root, state, 'store')).sort()).toEqual(digests.slice(1).sort());
    expect(readdirSync(join(board.root, 'lib/firmware/dropforge')).sort()).toEqual(
      digests
        .slice(1)
        .map((digest) => `${digest}.rbf`)
        .sort(),
    );
  });

  it('changes nothing but its own files, the firmware and the overlays', () => {
    const digest = board.bitstream('answers');
    const before = board.otherFiles();
    board.load(digest);
    expect(board.otherFiles()).toEqual(before);
    expect(before.get('dev/mmcblk0')).toBe('the card');
  });
});

const failures = [
  ['reads-wrong', 'READING_WRONG'],
  ['refused', 'OVERLAY_REFUSED'],
  ['not-operating', 'NOT_OPERATING'],
  ['no-device', 'NO_DEVICE'],
] as const satisfies readonly (readonly [Behaviour, string])[];

describe.each(failures)('a bitstream that fails (%s)', (behaviour, code) => {
  it('gives way to the former one', () => {
    const good = board.bitstream('answers', 1);
    board.load(good, 1);
    const { status, stdout, code: said } = board.load(board.bitstream(behaviour, 2), 2);
    expect({ status, said }).toEqual({ status: 1, said: code });
    expect(stdout).toContain(`ROLLED_BACK: the former bitstream ${good}`);
    expect(board.array()).toBe(1);
    expect(board.read('run/dropforge/loaded')).toBe(good);
    expect(board.read(`${state}/current`)).toBe(good);
    expect(board.read(`${state}/attempt`)).toBeUndefined();
  });

  it('leaves no engine where there was none before', () => {
    const { status, stdout, code: said } = board.load(board.bitstream(behaviour));
    expect({ status, said }).toEqual({ status: 1, said: code });
    expect(stdout).toContain('UNLOADED');
    expect(board.array()).toBeUndefined();
    expect(board.read(`${state}/current`)).toBeUndefined();
  });
});

describe('a bitstream that takes the board down', () => {
  it('is tried twice, and then the former one is kept', () => {
    const good = board.bitstream('answers', 1);
    board.load(good, 1);
    const bad = board.bitstream('takes-the-board-down', 2);
    for (const attempt of [1, 2]) {
      expect(board.load(bad, 2).signal).toBe('SIGKILL');
      expect(board.read(`${state}/attempt`)).toBe(`${bad} ${attempt}`);
      board.restart();
    }
    expect(board.load(bad, 2)).toMatchObject({ status: 1, code: 'BITSTREAM_HANGS' });
    expect(board.array()).toBe(1);
    board.restart();
    expect(board.load(good, 1).status).toBe(0);
  });
});

describe('a board', () => {
  const refuses = (code: string, changes: Readonly<Record<string, string>> = {}) => {
    const digest = board.bitstream('answers');
    const before = board.otherFiles();
    expect(board.load(digest, 1, changes)).toMatchObject({ status: 1, code });
    expect(board.otherFiles()).toEqual(before);
    expect(board.read('journal')).toBeUndefined();
  };

  it('of another kind is left alone', () => {
    board.write('proc/device-tree/compatible', 'raspberrypi,4-model-b\0brcm,bcm2711\0');
    refuses('BOARD_OTHER');
    board.write('proc/device-tree/compatible', 'terasic,de0-atlas\0altr,socfpga-cyclone5\0altr,socfpga\0');
    refuses('BOARD_OTHER');
  });

  it('with a device tree of another board is taken at the word of who set it up', () => {
    board.write('proc/device-tree/compatible', 'terasic,de0-atlas\0altr,socfpga-cyclone5\0altr,socfpga\0');
    mkdirSync(join(board.root, 'etc/dropforge'), { recursive: true });
    board.write('etc/dropforge/board', 'de10-nano\n');
    expect(board.load(board.bitstream('answers')).status).toBe(0);
  });

  it.each(['sha256', 'overlay-sha256', 'bridge-overlay-sha256', 'registers-sha256'])(
    'takes no file with another %s',
    (name) => {
      refuses('DIGEST_MISMATCH', { [name]: '0'.repeat(64) });
    },
  );

  it('without an FPGA manager, or without overlays, says so', () => {
    rmSync(join(board.root, 'sys/kernel'), { recursive: true });
    refuses('NO_OVERLAYS');
    rmSync(join(board.root, 'sys/class/fpga_manager'), { recursive: true });
    refuses('NO_FPGA_MANAGER');
  });

  it('whose bridge cannot be opened shows no engine', () => {
    board.write('bridge-refuses', '');
    expect(board.load(board.bitstream('answers'))).toMatchObject({ status: 1, code: 'BRIDGE_CLOSED' });
    expect(board.array()).toBeUndefined();
  });
});

describe('an engine in use', () => {
  it('is not pulled away from a program that has mapped it', () => {
    board.load(board.bitstream('answers', 1), 1);
    mkdirSync(join(board.root, 'proc/77'));
    board.write('proc/77/maps', 'b6c00000-b6e00000 rw-s 00000000 00:06 1 /dev/uio0\n');
    const { code, stderr } = board.load(board.bitstream('answers', 2), 2);
    expect(code).toBe('ENGINE_IN_USE');
    expect(stderr).toContain('process 77');
    expect(board.array()).toBe(1);
  });

  it('is not pulled away from a program that holds its lock', async () => {
    board.load(board.bitstream('answers', 1), 1);
    await whileLocked(join(board.root, 'dev/uio0'), () => {
      expect(board.load(board.bitstream('answers', 2), 2).code).toBe('ENGINE_IN_USE');
    });
    expect(board.array()).toBe(1);
  });

  it('is loaded by one component at a time', async () => {
    mkdirSync(join(board.root, state), { recursive: true });
    await whileLocked(join(board.root, state, 'lock'), () => {
      expect(board.load(board.bitstream('answers')).code).toBe('BUSY');
    });
  });
});

/** Another process holds the lock of a file until `act` is done. */
async function whileLocked(file: string, act: () => void): Promise<void> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  try {
    act();
  } finally {
    holder.stdin.end();
    await once(holder, 'close');
  }
}
