import { limits } from '@dropforge/quantized-inference';
import { type OnnxNode, refuse } from '../frontend/graph.ts';
import type { Activation, Memory } from './activation.ts';
import { asLevels } from './as-levels.ts';
import type { LayerList } from './rule.ts';

/** An activation that lies as NHWC with its channels in some order. */
export interface ChannelsFirst {
  readonly activation: Activation;
  /** Memory channel of each ONNX channel. */
  readonly order: Int32Array;
}

/**
 * Gives `activation` the layout that a [1, C, H, W] operator needs. Where the graph moved blocks of pixels into
 * channels (SpaceToDepth, or a Reshape, Transpose, Reshape that does the same, in either channel order), a
 * space-to-depth layer is added; the order of its channels is `(dy*block + dx)*C + c`, whatever the graph's is.
 */
export function toChannelsFirst(node: OnnxNode, activation: Activation, layers: LayerList): ChannelsFirst {
  const { shape, places, memory } = activation;
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 4 || batch !== 1) {
    throw refuse(
      'SHAPE_MISMATCH',
      node,
      `it reads a tensor of shape [${shape.join(', ')}]`,
      'export the network with batch 1 and activations of shape [1, channels, height, width]',
    );
  }
  const block = memory.height / height;
  const square = Number.isInteger(block) && block === memory.width / width;
  if (!square || channels !== memory.channels * block * block) throw notMovable(node);
  const order = channelOrder(places, { height, width, channels }, memory, block);
  if (!order) throw notMovable(node);
  if (block === 1) return { activation, order };
  if (channels > limits.channels) {
    throw refuse('OUT_OF_RANGE', node, `it reads ${channels} channels`, `use at most ${limits.channels} channels`);
  }
  const levels = asLevels(node, activation, layers);
  layers.push({ op: 'space-to-depth', name: layers.uniqueName('space_to_depth'), block });
  return { activation: blocked(levels, { height, width, channels }, block, order), order };
}

/** Checks every element; returns the memory channel (after space-to-depth) of each ONNX channel, or undefined. */
function channelOrder(places: Int32Array, to: Memory, from: Memory, block: number): Int32Array | undefined {
  const order = new Int32Array(to.channels);
  const area = to.height * to.width;
  for (let channel = 0; channel < to.channels; channel++) {
    const first = places[channel * area] ?? 0;
    const pixel = Math.floor(first / from.channels);
    const dx = pixel % from.width;
    const dy = Math.floor(pixel / from.width);
    if (dx >= block || dy >= block) return undefined;
    order[channel] = (dy * block + dx) * from.channels + (first % from.channels);
    for (let position = 0; position < area; position++) {
      const y = Math.floor(position / to.width) * block;
      const x = (position % to.width) * block;
      if (places[channel * area + position] !== first + (y * from.width + x) * from.channels) return undefined;
    }
  }
  return order;
}

function blocked(activation: Activation, memory: Memory, block: number, order: Int32Array): Activation {
  const repeat = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: memory.channels }, (_, channel) => values[channel % (values.length || 1)] ?? 0);
  const { scale, offset, low, high } = activation.meaning;
  const area = memory.height * memory.width;
  const places = activation.places.map(
    (_, element) => (element % area) * memory.channels + (order[Math.floor(element / area)] ?? 0),
  );
  if (memory.channels !== scale.length * block * block) throw new Error('space-to-depth changed the element count');
  return {
    ...activation,
    memory,
    places,
    meaning: { scale: repeat(scale), offset: repeat(offset), low: repeat(low), high: repeat(high) },
  };
}

function notMovable(node: OnnxNode): Error {
  return refuse(
    'UNSUPPORTED_DATA_MOVEMENT',
    node,
    'the reshapes and transposes before it are not a layout change or a space-to-depth',
    'use SpaceToDepth, Flatten, or no data movement between the layers',
  );
}
