import { type OnnxNode, refuse } from '../frontend/graph.ts';
import { type Activation, MAXIMUM_LEVEL } from './activation.ts';
import { pixelsAsLevels } from './copy-layer.ts';
import type { LayerList } from './rule.ts';
import type { Window } from './rules/windows.ts';

/** Largest distance between zero and an integer, in steps, at which padding with that integer counts as zero. */
const TOLERANCE = 1e-4;

/**
 * ONNX pads with the number 0, a backend with an integer: the one that stands for 0. Pixels of which grey 128 is not 0
 * become levels first. Where 0 lies half-way between two levels, as between -1 and +1, the layer that writes the levels
 * writes them doubled, so that there is one between them.
 */
export function padded(
  node: OnnxNode,
  activation: Activation,
  { padding }: Window,
  layers: LayerList,
): { activation: Activation; paddingLevel: number } {
  if (padding === 0) return { activation, paddingLevel: 0 };
  const zero = zeroOf(node, activation);
  if (activation.integers.kind === 'pixels') {
    if (isNear(zero, 0)) return { activation, paddingLevel: 0 };
    // Without an integer that stands for 0 the pixels would be refused as levels too.
    if (!isNear(zero, Math.round(zero))) throw notZero(node, activation);
    return padded(node, pixelsAsLevels(activation, layers), { kernel: 0, stride: 0, padding }, layers);
  }
  if (activation.integers.kind !== 'levels') throw notZero(node, activation);
  const { maximum } = activation.integers;
  const level = Math.round(zero) + 0; // + 0: no negative zero
  if (isNear(zero, level) && level >= 0 && level <= maximum) return { activation, paddingLevel: level };
  const doubled = Math.round(2 * zero) + 0;
  const isBetween = isNear(2 * zero, doubled) && doubled >= 0 && doubled <= 2 * maximum;
  if (!isBetween || 2 * maximum > MAXIMUM_LEVEL) throw notZero(node, activation);
  layers.doubleLevels();
  return { activation: withDoubledLevels(activation, maximum), paddingLevel: doubled };
}

/** The integer, or the point between two, that stands for 0 in every channel. */
function zeroOf(node: OnnxNode, activation: Activation): number {
  const { scale, offset } = activation.meaning;
  const zeros = Array.from(offset, (value, channel) => -value / (scale[channel] ?? 0));
  const [first = 0] = zeros;
  if (zeros.every((zero) => isNear(zero, first))) return first;
  throw notZero(node, activation);
}

function isNear(value: number, other: number): boolean {
  return Math.abs(value - other) <= TOLERANCE;
}

function withDoubledLevels(activation: Activation, maximum: number): Activation {
  const scale = activation.meaning.scale.map((value) => value / 2);
  const { meaning } = activation;
  return { ...activation, meaning: { ...meaning, scale }, integers: { kind: 'levels', maximum: 2 * maximum } };
}

function notZero(node: OnnxNode, { integers }: Activation): Error {
  return refuse(
    'PADDING_NOT_ZERO',
    node,
    integers.kind === 'pixels' ? 'it pads the image with 0, but no pixel is 0' : 'it pads levels of which none is 0',
    integers.kind === 'pixels'
      ? 'subtract a whole pixel (such as 128), or use padding 0'
      : 'quantize with zero point 0 and add nothing behind the quantizer, or use padding 0',
  );
}
