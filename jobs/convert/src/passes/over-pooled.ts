import { limits } from '@dropforge/quantized-inference';
import { type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Accumulator, Levels, Sums } from './activation.ts';
import { MAXIMUM_WEIGHTS } from './quantized-weights.ts';
import type { Window } from './rules/windows.ts';

/** A convolution over the levels that were to be averaged. */
type OverPooled = Pick<Accumulator, 'kernel' | 'stride' | 'weights'> & { readonly input: Levels };

/**
 * The convolution of averages, as one over the averaged levels: each weight counts for every pixel of its window, so
 * kernel and stride grow by the pool's side and no sum has to fit into a level. `weights`: OHWI.
 */
export function overPooled(
  node: OnnxNode,
  { image, window, maximum }: Sums,
  { kernel, stride, padding }: Window,
  weights: Int8Array,
): OverPooled {
  const pool = window?.kernel ?? 0;
  const fits = kernel * pool <= limits.kernel && weights.length * pool * pool <= MAXIMUM_WEIGHTS;
  if (window === undefined || window.stride !== pool || padding !== 0 || !fits) {
    throw refuse(
      'UNSUPPORTED_OPERATOR',
      node,
      'it reads averages that exceed eight bits',
      'put a quantizer behind the average, or average fewer pixels or fewer bits',
    );
  }
  const side = kernel * pool;
  const taps = kernel * kernel * image.channels;
  const repeated = new Int8Array(weights.length * pool * pool);
  let target = 0;
  for (let row = 0; row < weights.length; row += taps) {
    for (let tap = 0; tap < side * side; tap++) {
      const [y, x] = [Math.floor(Math.floor(tap / side) / pool), Math.floor((tap % side) / pool)];
      const source = row + (y * kernel + x) * image.channels;
      repeated.set(weights.subarray(source, source + image.channels), target);
      target += image.channels;
    }
  }
  return { kernel: side, stride: stride * pool, weights: repeated, input: { kind: 'levels', maximum } };
}
