import { integerAttribute, refuse } from '../../frontend/graph.ts';
import { type Activation, type Memory, uniformScale } from '../activation.ts';
import { toChannelsFirst } from '../channels-first.ts';
import type { LayerList, Rule } from '../rule.ts';
import { squareWindow, type Window } from './windows.ts';

/**
 * MaxPool behind a quantizer becomes a layer. Before a quantizer it commutes with it, because a quantizer never
 * falls: it waits in the accumulator and is written behind the convolution.
 */
export const maxPool: Rule = {
  matches: ({ operator }) => operator === 'MaxPool',
  rewrite({ node, activation: given }, layers) {
    const window = squareWindow(node, []);
    if (window.padding !== 0 || integerAttribute(node, 'ceil_mode', 0) !== 0) {
      throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'it pads its input', 'use pads 0 and ceil_mode 0');
    }
    const { activation, order } = toChannelsFirst(node, given, layers);
    const memory = pooledMemory(activation.memory, window);
    if (window.kernel < 1 || window.stride < 1 || memory.height < 1 || memory.width < 1) {
      throw refuse('SHAPE_MISMATCH', node, 'its window exceeds the image', 'use a larger image or a smaller window');
    }
    const layer = { op: 'max-pool', kernel: window.kernel, stride: window.stride } as const;
    const pooled = withMemory(activation, memory, order);
    const { integers } = activation;
    if (integers.kind === 'accumulator' && !integers.averaged) {
      return { ...pooled, integers: { ...integers, pools: [...integers.pools, layer] } };
    }
    pushPool(layer, activation, layers, node);
    return pooled;
  },
};

function pushPool(
  layer: { op: 'max-pool'; kernel: number; stride: number },
  { integers, meaning }: Activation,
  layers: LayerList,
  node: Parameters<typeof refuse>[1],
): void {
  if (integers.kind !== 'levels' || !((uniformScale(meaning) ?? 0) > 0)) {
    throw refuse(
      'NOT_MONOTONE',
      node,
      'it pools values that are not rising levels',
      'pool directly behind a quantizer',
    );
  }
  layers.push({ ...layer, name: layers.uniqueName('max_pool') });
}

function pooledMemory({ height, width, channels }: Memory, { kernel, stride }: Window): Memory {
  const steps = (side: number): number => Math.floor((side - kernel) / stride) + 1;
  return { height: steps(height), width: steps(width), channels };
}

function withMemory(activation: Activation, memory: Memory, order: Int32Array): Activation {
  const shape = [1, memory.channels, memory.height, memory.width];
  return { ...activation, shape, memory, places: channelsFirstPlaces(memory, order) };
}

/** `places` of a [1, C, H, W] tensor whose ONNX channel c lies in memory channel `order[c]`. */
export function channelsFirstPlaces({ height, width, channels }: Memory, order?: Int32Array): Int32Array {
  const area = height * width;
  return Int32Array.from({ length: area * channels }, (_, element) => {
    const channel = Math.floor(element / area);
    return (element % area) * channels + (order ? (order[channel] ?? 0) : channel);
  });
}
