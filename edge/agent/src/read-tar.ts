import { AgentFailure } from './agent-failure.ts';

export interface TarEntry {
  readonly path: string;
  readonly bytes: number;
  /** Must be read to its end before the next entry is asked for. */
  readonly content: AsyncIterable<Buffer>;
}

const block = 512;

/**
 * Reads the plain files of a ustar archive. Links, devices, sparse files and extended headers have no place in an
 * artifact of ours, so they are refused rather than understood. POSIX.1-1988 ustar:
 * https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export async function* readTar(stream: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const source = createSource(stream);
  for (;;) {
    const header = await source.take(block);
    if (header.every((byte) => byte === 0)) return;
    const { path, bytes, type } = parseHeader(header);
    if (type === '5' && bytes === 0) continue;
    if (type !== '0' && type !== '\0') throw invalid(`${path} is not a plain file (type ${JSON.stringify(type)})`);
    let left = bytes;
    const content = (async function* () {
      while (left > 0) {
        const chunk = await source.some(left);
        left -= chunk.length;
        yield chunk;
      }
    })();
    yield { path, bytes, content };
    if (left > 0) throw new Error(`${path} was not read to its end`);
    await source.take((block - (bytes % block)) % block);
  }
}

function parseHeader(header: Buffer): { path: string; bytes: number; type: string } {
  const text = (start: number, length: number) => {
    const field = header.subarray(start, start + length);
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? length : end).toString('utf8');
  };
  const name = text(0, 100);
  if (text(257, 5) !== 'ustar') throw invalid(`${name || 'an entry'} has no ustar header`);
  // The checksum counts its own eight bytes as spaces.
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (octal(text(148, 8)) !== sum) throw invalid(`${name} has a wrong header checksum`);
  const prefix = text(345, 155);
  return { path: prefix ? `${prefix}/${name}` : name, bytes: octal(text(124, 12)), type: text(156, 1) || '\0' };
}

function octal(field: string): number {
  const digits = field.trim();
  if (!/^[0-7]{1,11}$/.test(digits)) throw invalid(`a header has the number ${JSON.stringify(field)}`);
  return Number.parseInt(digits, 8);
}

/** Cuts a stream of chunks into the pieces that the format has. */
function createSource(stream: AsyncIterable<Buffer>) {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  /** Between 1 and `atMost` bytes. */
  const some = async (atMost: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const { value, done } = await chunks.next();
      if (done) throw invalid('it ends in the middle of an entry');
      rest = value;
    }
    const piece = rest.subarray(0, atMost);
    rest = rest.subarray(piece.length);
    return piece;
  };
  const take = async (bytes: number): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for (let left = bytes; left > 0; left -= pieces.at(-1)?.length ?? 0) pieces.push(await some(left));
    return Buffer.concat(pieces);
  };
  return { some, take };
}

function invalid(what: string): AgentFailure {
  return new AgentFailure('ARTIFACT_INVALID', `The artifact cannot be unpacked: ${what}.`, 'Convert the model again.');
}
