import { RandomAccessReader } from 'yauzl';
import type { RandomAccessSource } from '../ports.ts';

const WINDOW_BYTES = 4 * 1024 * 1024;

/**
 * Answers yauzl's many small reads from one window read ahead of the cursor, so that listing and reading an archive on
 * S3 costs one ranged GET per 4 MiB instead of several per entry.
 */
export class ZipWindow extends RandomAccessReader {
  /** Set when the source itself failed, to tell a broken line from a broken archive. */
  sourceError: Error | undefined;
  readonly #source: RandomAccessSource;
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(source: RandomAccessSource) {
    super();
    this.#source = source;
  }

  /** Bytes `start` to `end` as a view that the next call may invalidate. Throws RangeError outside the archive. */
  async bytes(start: number, end: number): Promise<Buffer> {
    if (!(start >= 0 && end >= start && end <= this.#source.size))
      throw new RangeError('unexpected end of the archive');
    if (start < this.#start || end > this.#start + this.#window.length) {
      const until = Math.min(this.#source.size, Math.max(end, start + WINDOW_BYTES));
      try {
        this.#window = await this.#source.read(start, until);
      } catch (error) {
        this.sourceError = error as Error; // a source rejects with Error
        throw error;
      }
      this.#start = start;
    }
    return this.#window.subarray(start - this.#start, end - this.#start);
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    this.bytes(position, position + length).then((bytes) => {
      bytes.copy(target, offset);
      done(null);
    }, done);
  }
}
