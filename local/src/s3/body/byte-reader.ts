/** Lines and exact numbers of bytes from a stream of buffers, without copying the bytes. */

import { S3Error } from '../wire/s3-error.ts';

export interface ByteReader {
  /** A line without its line end; undefined at the end of the stream. A longer line than `bytesMax` is IncompleteBody. */
  line(bytesMax: number): Promise<string | undefined>;
  /** Between 1 and `bytesMax` bytes. The stream's end is IncompleteBody. */
  some(bytesMax: number): Promise<Buffer>;
  /** Lets go of the stream, wherever it stands. */
  close(): Promise<void>;
}

export function createByteReader(source: AsyncIterable<Buffer>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  async function fill(): Promise<boolean> {
    const { done, value } = await iterator.next();
    if (done) return false;
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    return true;
  }

  return {
    async line(bytesMax) {
      let end = rest.indexOf('\n');
      while (end === -1) {
        if (rest.length > bytesMax) throw new S3Error('IncompleteBody');
        if (!(await fill())) {
          if (rest.length === 0) return undefined;
          break;
        }
        end = rest.indexOf('\n');
      }
      const line = end === -1 ? rest : rest.subarray(0, end);
      rest = end === -1 ? Buffer.alloc(0) : rest.subarray(end + 1);
      return line.toString('latin1').replace(/\r$/, '');
    },
    async some(bytesMax) {
      while (rest.length === 0) if (!(await fill())) throw new S3Error('IncompleteBody');
      const bytes = rest.subarray(0, bytesMax);
      rest = rest.subarray(bytes.length);
      return bytes;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
