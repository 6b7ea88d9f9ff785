import { type ArrayName, type ArraySize, arraySizes } from '@dropforge/convert/fpga';

/** The array that a person asks for. Throws RangeError with the names that there are. */
export function arrayNamed(name: string): ArraySize {
  if (!Object.hasOwn(arraySizes, name)) {
    throw new RangeError(`There is no array ${name}; there are ${Object.keys(arraySizes).join(', ')}.`);
  }
  return arraySizes[name as ArrayName]; // the check above found it
}
