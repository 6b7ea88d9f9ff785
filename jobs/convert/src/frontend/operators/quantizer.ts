import { type Constant, integerAttribute, type OnnxNode, refuse, textAttribute } from '../graph.ts';
import { required } from './evaluator.ts';
import { type Rounding, roundings } from './rounding.ts';

/** What a Quant node does to real numbers: `q = clamp(round(x / scale + zeroPoint), lowest, highest)`. */
export interface UniformQuantizer {
  readonly scale: Constant;
  readonly zeroPoint: Constant;
  readonly lowest: number;
  readonly highest: number;
  readonly rounding: Rounding;
  /** One signed bit is the sign itself: levels -1 and +1. */
  readonly bipolar: boolean;
}

/**
 * Reads the parameters of `Quant` (inputs: x, scale, zero point, bit width; attributes: signed, narrow, rounding_mode).
 * Source: QONNX operator definition, https://github.com/fastmachinelearning/qonnx/blob/main/docs/qonnx-custom-ops/quant_op.md
 */
export function uniformQuantizer(
  node: OnnxNode,
  inputs: readonly (Constant | undefined)[],
  maximumBits = 8,
): UniformQuantizer {
  const scale = positiveScale(node, required(node, inputs, 1));
  const zeroPoint = required(node, inputs, 2);
  const bits = required(node, inputs, 3).values[0];
  if (bits === undefined || !Number.isInteger(bits) || bits < 1 || bits > maximumBits) {
    throw refuse(
      'UNSUPPORTED_QUANTIZER',
      node,
      `a width of ${bits} bits`,
      `quantize to a whole number of bits, 1 to ${maximumBits}`,
    );
  }
  if (!zeroPoint.values.every(Number.isInteger)) {
    throw refuse('UNSUPPORTED_QUANTIZER', node, 'the zero point is not an integer', 'use an integer zero point');
  }
  const isSigned = integerAttribute(node, 'signed', 1) === 1;
  const narrow = integerAttribute(node, 'narrow', 0) === 1 ? 1 : 0;
  return {
    scale,
    zeroPoint,
    lowest: isSigned ? -(2 ** (bits - 1)) + narrow : 0,
    highest: isSigned ? 2 ** (bits - 1) - 1 : 2 ** bits - 1 - narrow,
    rounding: roundingMode(node, 'ROUND'),
    bipolar: isSigned && bits === 1,
  };
}

/** Refuses scales that are not finite and positive. */
export function positiveScale(node: OnnxNode, scale: Constant): Constant {
  if (scale.values.every((value) => value > 0 && Number.isFinite(value))) return scale;
  throw refuse('UNSUPPORTED_QUANTIZER', node, 'its scale is not a positive number', 'use a positive, finite scale');
}

/** The node's `rounding_mode`. */
export function roundingMode(node: OnnxNode, fallback: string): Rounding {
  const mode = textAttribute(node, 'rounding_mode', fallback).toUpperCase();
  const rounding = roundings.get(mode);
  if (rounding) return rounding;
  const action = `use one of ${[...roundings.keys()].join(', ')}`;
  throw refuse('UNSUPPORTED_QUANTIZER', node, `rounding mode ${mode}`, action);
}
