import { DropRefused } from '../findings.ts';
import { formatBytes, type Limits } from '../limits.ts';

/** Counts what one pass over a drop declares and unpacks, and stops it at the limits. */
export class Budget {
  #entries = 0;
  #declared = 0;
  readonly #name: string;
  readonly #packedBytes: number;
  readonly #limits: Limits;

  constructor(name: string, packedBytes: number, limits: Limits) {
    this.#name = name;
    this.#packedBytes = packedBytes;
    this.#limits = limits;
  }

  /** Before an entry's content is touched. `size` is what the entry declares, in bytes. */
  declare(size: number): void {
    this.#entries += 1;
    this.#declared += size;
    this.checkCount(this.#entries);
    this.checkTotal(this.#declared, 'declares');
  }

  checkCount(entries: number): void {
    if (entries <= this.#limits.entries) return;
    const limit = this.#limits.entries.toLocaleString('en');
    throw new DropRefused('ARCHIVE_TOO_LARGE', this.#name, `it has more than ${limit} entries`);
  }

  /** Checks unpacked bytes, declared or counted, against the size and the ratio limit. */
  checkTotal(bytes: number, verb: 'declares' | 'unpacks to'): void {
    const { totalBytes, ratio, ratioFloorBytes } = this.#limits;
    if (bytes > ratioFloorBytes && bytes > ratio * this.#packedBytes) {
      const times = Math.round(bytes / Math.max(1, this.#packedBytes)).toLocaleString('en');
      const detail = `${formatBytes(this.#packedBytes)} packed, it ${verb} at least ${formatBytes(bytes)} (${times} times)`;
      throw new DropRefused('ARCHIVE_BOMB', this.#name, detail);
    }
    if (bytes > totalBytes) {
      const detail = `it ${verb} at least ${formatBytes(bytes)}, the limit is ${formatBytes(totalBytes)}`;
      throw new DropRefused('ARCHIVE_TOO_LARGE', this.#name, detail);
    }
  }
}
