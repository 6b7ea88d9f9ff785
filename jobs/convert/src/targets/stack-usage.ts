/**
 * How much stack one run of the network takes at most. Compilers write, with -fstack-usage, the frame of every function:
 * `file:line:column:function<tab>bytes<tab>static`. No function of the runtime calls itself, directly or through others
 * (a test looks), so that each is on the stack once at most, and the sum of all frames is an upper bound.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of each call: the return address, and what rounding up to the next frame's alignment may add. */
const CALL_BYTES = 24;
/** Bytes below the stack pointer that a function of x86-64 may use without a frame. System V ABI, AMD64, section 3.2.2. */
const RED_ZONE_BYTES = 128;

/** Sums the frames beside these objects, by their sources' paths. Undefined: a frame has no fixed size. */
export async function stackBytesOf(directory: string, sources: readonly string[]): Promise<number | undefined> {
  const reports = sources.map((source) => readReport(join(directory, source.replace(/\.c$/, '.su'))));
  return sumFrames((await Promise.all(reports)).join(''));
}

/** Without a function there is no report: as of kernels for another machine. */
async function readReport(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** `report`: lines as above; of none there is no sum. */
export function sumFrames(report: string): number | undefined {
  if (report === '') return undefined;
  let sum = RED_ZONE_BYTES;
  for (const line of report.split('\n').filter((text) => text !== '')) {
    const [, bytes, kind] = line.split('\t');
    if (kind !== 'static' || !/^\d+$/.test(bytes ?? '')) return undefined;
    sum += Number(bytes) + CALL_BYTES;
  }
  return sum;
}
