import { type ArrayName, arraySizes } from '@dropforge/convert/fpga';
import { buildSimulator } from './build-simulator.ts';
import type { Report } from './report.ts';

/** Builds the simulator of an array where that has not been done, and prints its path: the conversion starts it. */
export function simulator({ array }: { readonly array: string }): Report {
  if (!Object.hasOwn(arraySizes, array))
    throw new Error(`There is no array ${array}; there are ${Object.keys(arraySizes).join(', ')}.`);
  const program = buildSimulator(arraySizes[array as ArrayName]); // the check above found it among them
  console.log(program);
  return { json: { program }, failed: false };
}
