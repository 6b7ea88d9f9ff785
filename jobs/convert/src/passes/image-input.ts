import { ConversionError } from '../frontend/conversion-error.ts';
import { elementCount, type OnnxGraph } from '../frontend/graph.ts';
import { gatherOffsets } from '../frontend/operators/evaluator.ts';
import { type Activation, plainMeaning } from './activation.ts';

/** Pixels along one side, and elements of the image, that are accepted. */
const MAXIMUM_SIDE = 4096;
const MAXIMUM_ELEMENTS = 16 * 1024 * 1024;

/**
 * The graph's one input as raw pixels 0..255: the model holds `n = pixel - 128`, so the value is `n + 128`.
 * [1, C, H, W], or [1, H, W, C] where only the last axis can be the colours; the batch axis may be open.
 */
export function imageInput(graph: OnnxGraph): { name: string; activation: Activation } {
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0) throw unfit(`the graph has ${graph.inputs.length} inputs`);
  const { name, shape } = input;
  if (shape === undefined || shape.length !== 4) throw unfit(`the input ${name} has no four axes`);
  const [batch = 0, ...rest] = shape;
  const sides = rest.every((side) => side >= 1 && side <= MAXIMUM_SIDE);
  if ((batch !== 1 && batch > 0) || !sides || elementCount(rest) > MAXIMUM_ELEMENTS) {
    throw unfit(`the input ${name} has the shape [${shape.map((side) => (side < 0 ? '?' : side)).join(', ')}]`);
  }
  const [second = 0, third = 0, last = 0] = rest;
  const channelsLast = !isColours(second) && isColours(last);
  const memory = channelsLast
    ? { height: second, width: third, channels: last }
    : { height: third, width: last, channels: second };
  if (!isColours(memory.channels)) throw unfit(`the input ${name} has ${memory.channels} channels`);
  const strides = channelsLast ? [0, third * last, last, 1] : [0, 1, memory.width * memory.channels, memory.channels];
  return {
    name,
    activation: {
      shape: [1, ...rest],
      places: gatherOffsets([1, ...rest], strides),
      memory,
      meaning: plainMeaning(memory.channels, 1, 128),
      integers: { kind: 'pixels' },
    },
  };
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
