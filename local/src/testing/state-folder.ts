/** Where tests let an embedded cloud keep its state. */
import { mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a cloud of a test writes, and some more. */
const enoughBytes = 2 ** 30;

/**
 * Makes a folder for a cloud's state, to be removed by the caller. State is synced to the disk thousands of times, as no
 * test can tell: where there is a disk in memory that is large enough and may hold programs, it lies there.
 */
export function stateFolder(name: string): string {
  return mkdtempSync(path.join(inMemory() ?? tmpdir(), `dropforge-${name}-`));
}

function inMemory(place = '/dev/shm'): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(place);
    const [, , , options = ''] = mounts().find(([, where]) => where === place) ?? [];
    const isFit = bavail * bsize >= enoughBytes && options !== '' && !options.split(',').includes('noexec');
    return isFit ? place : undefined;
  } catch {
    return undefined; // another system
  }
}

function mounts(): string[][] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
}
