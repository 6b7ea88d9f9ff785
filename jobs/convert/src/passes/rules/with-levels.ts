import type { Activation, Meaning } from '../activation.ts';

/** The activation after its layer has been written: levels 0..maximum in the same memory. */
export function withLevels(activation: Activation, maximum: number, meaning: Meaning): Activation {
  return { ...activation, meaning, integers: { kind: 'levels', maximum } };
}
