import { integerAttribute, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { type Activation, type Memory, uniformScale } from '../activation.ts';
import { asLevels } from '../as-levels.ts';
import { toChannelsFirst } from '../channels-first.ts';
import type { Rule } from '../rule.ts';
import { squareWindow, type Window } from './windows.ts';

/**
 * MaxPool behind a quantizer becomes a layer. Before a quantizer it commutes with it, because a quantizer never
 * falls: it waits in the accumulator and is written behind the convolution.
 */
export const maxPool: Rule = {
  matches: ({ operator }) => operator === 'MaxPool' || operator === 'GlobalMaxPool',
  rewrite({ node, operator, activation: given }, layers) {
    const { activation, order } = toChannelsFirst(node, given, layers);
    const window = operator === 'MaxPool' ? unpadded(node) : wholeImage(node, activation.memory);
    const memory = pooledMemory(node, activation.memory, window);
    const layer = { op: 'max-pool', kernel: window.kernel, stride: window.stride } as const;
    const pooled = withMemory(activation, memory, order);
    const { integers } = activation;
    if (integers.kind === 'accumulator' && !integers.averaged) {
      return { ...pooled, integers: { ...integers, pools: [...integers.pools, layer] } };
    }
    const levels = asLevels(node, activation, layers);
    if (!((uniformScale(levels.meaning) ?? 0) > 0)) throw notRising(node);
    layers.push({ ...layer, name: layers.uniqueName('max_pool') });
    return { ...pooled, meaning: levels.meaning, integers: levels.integers };
  },
};

function unpadded(node: OnnxNode): Window {
  const window = squareWindow(node, []);
  if (window.padding === 0 && integerAttribute(node, 'ceil_mode', 0) === 0) return window;
  throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'it pads its input', 'use pads 0 and ceil_mode 0');
}

function wholeImage(node: OnnxNode, { height, width }: Memory): Window {
  if (height === width) return { kernel: height, stride: height, padding: 0 };
  const what = `it pools an image of ${height} by ${width} pixels`;
  throw refuse('UNSUPPORTED_ATTRIBUTE', node, what, 'pool square images only');
}

/** The shape after unpadded windows. */
export function pooledMemory(
  node: OnnxNode,
  { height, width, channels }: Memory,
  { kernel, stride }: Pick<Window, 'kernel' | 'stride'>,
): Memory {
  const steps = (side: number): number => Math.floor((side - kernel) / stride) + 1;
  if (kernel >= 1 && stride >= 1 && kernel <= Math.min(height, width)) {
    return { height: steps(height), width: steps(width), channels };
  }
  throw refuse('SHAPE_MISMATCH', node, 'its window exceeds the image', 'use a larger image or a smaller window');
}

function notRising(node: OnnxNode): Error {
  return refuse(
    'NOT_MONOTONE',
    node,
    'it pools values that are not rising levels',
    'pool directly behind a quantizer with one positive scale',
  );
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
