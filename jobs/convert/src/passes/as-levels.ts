import { type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Activation } from './activation.ts';
import { fitLevels, sumsAsLevels } from './average-pool.ts';
import { pixelsAsLevels } from './copy-layer.ts';
import type { LayerList } from './rule.ts';

/** The same values as levels that a layer holds, for operators that move or compare levels. */
export function asLevels(node: OnnxNode, activation: Activation, layers: LayerList): Activation {
  const { integers } = activation;
  if (integers.kind === 'levels') return activation;
  if (integers.kind === 'pixels') return pixelsAsLevels(activation, layers);
  if (integers.kind === 'sums' && fitLevels(integers)) return sumsAsLevels(node, activation, integers, layers);
  throw refuse(
    'NOT_QUANTIZED',
    node,
    integers.kind === 'sums' ? 'it reads averages that exceed eight bits' : 'it reads values that are not quantized',
    'put a quantizer in front of it',
  );
}
