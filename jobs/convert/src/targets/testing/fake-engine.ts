/** An engine that is nothing but its registers, for answers that the real one gives only when something is broken. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDENTITY, registers, VERSION } from '../../fpga/index.ts';

/** Operations of a request, as in runtime/fpga/df_bus_socket.c. */
const [READ, WRITE] = [1, 2];
const REQUEST_BYTES = 12;

export type Registers = Partial<Record<keyof typeof registers, number>>;

export interface FakeEngine {
  /** What it shows in the beginning, besides the identity and version of the real one. */
  readonly shows: Registers;
  /** What it shows after the start of a run; null: it is gone then. */
  readonly afterStart?: Registers | null;
}

/** Calls `use` with the value of DF_ENGINE that leads to such an engine. */
export async function withFakeEngine<T>(
  { shows, afterStart }: FakeEngine,
  use: (engine: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'df-fake-'));
  const path = join(directory, 'engine');
  const version = (VERSION.major << 16) | VERSION.minor;
  const values = new Map<number, number>();
  const show = (shown: Registers) => {
    for (const [name, value] of Object.entries(shown) as [keyof typeof registers, number][])
      values.set(registers[name].address, value);
  };
  show({ IDENTITY, VERSION: version, ...shows });
  const answer = (socket: Socket, request: Buffer) => {
    const [operation = 0, offset = 0, value = 0] = [0, 4, 8].map((at) => request.readUInt32LE(at));
    if (operation === WRITE) {
      if (offset !== registers.CONTROL.address || value !== 1 || afterStart === undefined) return;
      if (afterStart === null) socket.destroy();
      else show(afterStart);
      return;
    }
    const word = Buffer.alloc(4);
    word.writeUInt32LE(operation === READ ? (values.get(offset) ?? 0) : 0);
    socket.write(word);
  };
  const server = createServer((socket) => {
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => undefined); // the program under test went first
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= REQUEST_BYTES; rest = rest.subarray(REQUEST_BYTES)) answer(socket, rest);
    });
  });
  await writeFile(`${path}.lock`, '');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    return await use(`unix:${path}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true, force: true });
  }
}
