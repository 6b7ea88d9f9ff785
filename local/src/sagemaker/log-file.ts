/** What a job printed: read from its end, and kept from filling the disk. */
import { appendFileSync, closeSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

/** The end of a file; empty if there is none. */
export function tail(file: string, bytes: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, size - buffer.length));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Cuts a file that has grown past `largestBytes` down to its last `keptBytes`. A program may go on appending meanwhile;
 * a few of its lines may then change places.
 */
export function cutLog(file: string, largestBytes: number, keptBytes: number): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= largestBytes) return;
  const kept = tail(file, keptBytes);
  truncateSync(file);
  appendFileSync(file, kept);
}
