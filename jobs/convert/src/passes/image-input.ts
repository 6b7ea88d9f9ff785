import { ConversionError } from '../frontend/conversion-error.ts';
import { elementCount, type OnnxGraph } from '../frontend/graph.ts';
import { gatherOffsets } from '../frontend/operators/evaluator.ts';
import { type Activation, type Memory, plainMeaning } from './activation.ts';

/** Pixels along one side, and elements of the image, that are accepted. */
const MAXIMUM_SIDE = 4096;
const MAXIMUM_ELEMENTS = 16 * 1024 * 1024;

/**
 * The graph's one input as raw pixels 0..255: the model holds `n = pixel - 128`, so the value is `n + 128`.
 * [1, C, H, W], or [1, H, W, C] where only the last axis can be the colours, or [1, side²] as a grey image, row by row.
 * The batch axis may be open.
 */
export function imageInput(graph: OnnxGraph): { name: string; activation: Activation } {
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0) throw unfit(`the graph has ${graph.inputs.length} inputs`);
  const { name, shape } = input;
  const [batch = 0, ...rest] = shape ?? [];
  const { memory, strides } = layoutOf(name, rest);
  const sides = [memory.height, memory.width].every((side) => side >= 1 && side <= MAXIMUM_SIDE);
  if ((batch !== 1 && batch > 0) || !sides || elementCount(rest) > MAXIMUM_ELEMENTS) {
    throw unfit(
      `the input ${name} has the shape [${[batch, ...rest].map((side) => (side < 0 ? '?' : side)).join(', ')}]`,
    );
  }
  if (!isColours(memory.channels)) throw unfit(`the input ${name} has ${memory.channels} channels`);
  return {
    name,
    activation: {
      shape: [1, ...rest],
      places: gatherOffsets([1, ...rest], [0, ...strides]),
      memory,
      meaning: plainMeaning(memory.channels, 1, 128),
      integers: { kind: 'pixels' },
    },
  };
}

/** The image that the axes behind the batch describe, and the distance in NHWC memory of one step along each. */
function layoutOf(name: string, axes: readonly number[]): { memory: Memory; strides: number[] } {
  const [first = 0, second = 0, last = 0] = axes;
  if (axes.length === 1 && first > 0 && Number.isInteger(Math.sqrt(first))) {
    return { memory: { height: Math.sqrt(first), width: Math.sqrt(first), channels: 1 }, strides: [1] };
  }
  if (axes.length !== 3) throw unfit(`the input ${name} is neither an image nor a square grey one in a row`);
  return !isColours(first) && isColours(last)
    ? { memory: { height: first, width: second, channels: last }, strides: [second * last, last, 1] }
    : { memory: { height: second, width: last, channels: first }, strides: [1, last * first, first] };
}

function isColours(channels: number): boolean {
  return channels === 3 || channels === 1;
}

function unfit(what: string): ConversionError {
  return new ConversionError('UNSUPPORTED_INPUT', {
    what,
    action: `export with one input of shape [1, 3, height, width], raw pixels 0 to 255, sides up to ${MAXIMUM_SIDE}`,
  });
}
