import { arrayNamed } from './array-named.ts';
import { buildSimulator } from './build-simulator.ts';
import type { Options } from './options.ts';
import type { Report } from './report.ts';

/** Builds the simulator of an array where that has not been done, and prints its path: the conversion starts it. */
export function simulator({ array = '64x64' }: Options): Report {
  const program = buildSimulator(arrayNamed(array));
  console.log(program);
  return { json: { program }, failed: false };
}
