import { limits } from '@dropforge/quantized-inference';
import { type Constant, type OnnxNode, refuse } from '../frontend/graph.ts';
import { broadcastShape } from '../frontend/operators/arithmetic.ts';
import { broadcastStrides, gatherOffsets } from '../frontend/operators/evaluator.ts';
import type { Activation } from './activation.ts';

/**
 * The values of `constant`, broadcast over the activation, as one number per memory channel.
 * Refused when two elements of one channel get different numbers, because a backend has one affine per channel.
 */
export function perChannel(node: OnnxNode, activation: Activation, constant: Constant): Float64Array {
  const { shape, places, memory } = activation;
  if (broadcastShape(node, shape, constant.dims).join() !== shape.join()) {
    throw refuse(
      'SHAPE_MISMATCH',
      node,
      `a constant of shape [${constant.dims.join(', ')}] enlarges an activation of [${shape.join(', ')}]`,
      'use constants with one value per channel',
    );
  }
  if (memory.channels > limits.channels) {
    throw refuse('OUT_OF_RANGE', node, `it has ${memory.channels} channels`, `use at most ${limits.channels} channels`);
  }
  const sources = gatherOffsets(shape, broadcastStrides(node, constant.dims, shape));
  const values = new Float64Array(memory.channels).fill(Number.NaN);
  for (const [element, place] of places.entries()) {
    const channel = place % memory.channels;
    const value = constant.values[sources[element] ?? 0] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      throw refuse('NOT_FINITE', node, 'a constant is not a finite number', 'check the training run for divergence');
    }
    if (!Number.isNaN(values[channel]) && values[channel] !== value) {
      throw refuse(
        'NOT_PER_CHANNEL',
        node,
        'its constant differs within one channel',
        'use one value per channel (or one for all), or move the node behind the next quantizer',
      );
    }
    values[channel] = value;
  }
  return values;
}

/** A vector of C numbers that belongs to axis 1, as normalization layers store it, shaped to broadcast. */
export function alongChannelAxis(node: OnnxNode, activation: Activation, vector: Constant): Constant {
  if (vector.dims.length > 1 || vector.values.length !== (activation.shape[1] ?? 1)) {
    throw refuse(
      'SHAPE_MISMATCH',
      node,
      `a parameter has ${vector.values.length} values for ${activation.shape[1] ?? 1} channels`,
      'export the model again',
    );
  }
  return { ...vector, dims: [vector.values.length, ...activation.shape.slice(2).map(() => 1)] };
}
