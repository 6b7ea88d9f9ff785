import type { OnnxNode } from '../../frontend/graph.ts';
import { broadcast, type FloatTensor, float, integer } from './float-tensor.ts';

/** The quantizers of QONNX as their definitions read. */
export function floatQuant(node: OnnxNode, inputs: readonly FloatTensor[]): FloatTensor {
  const [x = EMPTY, scale = EMPTY, zeroPoint = EMPTY, width = EMPTY] = inputs;
  const bits = width.values[0] ?? 0;
  const signed = integer(node, 'signed', 1) === 1;
  const narrow = integer(node, 'narrow');
  const lowest = signed ? -(2 ** (bits - 1)) + narrow : 0;
  const highest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1 - narrow;
  return broadcast(x, [scale, zeroPoint], (value, step, zero) => {
    const exact = value / step + zero;
    if (signed && bits === 1) return ((exact >= 0 ? 1 : -1) - zero) * step;
    return (round(node, Math.min(Math.max(exact, lowest), highest)) - zero) * step;
  });
}

export function floatBipolarQuant([x = EMPTY, scale = EMPTY]: readonly FloatTensor[]): FloatTensor {
  return broadcast(x, [scale], (value, step) => (value >= 0 ? step : -step));
}

export function floatTrunc(node: OnnxNode, inputs: readonly FloatTensor[]): FloatTensor {
  const [x = EMPTY, ...parameters] = inputs;
  const [scale = 1, zero = 0, fourth = 0, fifth = 0, outputBits] = parameters.map(({ values }) => values[0] ?? 0);
  const integerOf = (value: number): number => halfToEven(value / scale + zero);
  if (outputBits === undefined) {
    return broadcast(x, [], (value) => (round(node, integerOf(value) / 2 ** (fourth - fifth)) - zero) * scale);
  }
  const divisor = fifth / scale;
  const signed = integer(node, 'signed', 1) === 1;
  const lowest = signed ? -(2 ** (outputBits - 1)) + integer(node, 'narrow') : 0;
  const highest = signed ? 2 ** (outputBits - 1) - 1 : 2 ** outputBits - 1 - integer(node, 'narrow');
  return broadcast(x, [], (value) => {
    const clamped = Math.min(Math.max(integerOf(value) / divisor, lowest), highest);
    return (round(node, clamped) - zero / divisor) * fifth;
  });
}

export function floatMultiThreshold(
  node: OnnxNode,
  [x = EMPTY, thresholds = EMPTY]: readonly FloatTensor[],
): FloatTensor {
  const [rows = 1, count = 1] = thresholds.dims;
  const area = x.values.length / (x.dims[1] ?? 1);
  const values = x.values.map((value, index) => {
    const row = rows === 1 ? 0 : Math.floor(index / area);
    const reached = thresholds.values
      .subarray(row * count, (row + 1) * count)
      .filter((threshold) => value >= threshold);
    return float(node, 'out_scale', 1) * reached.length + float(node, 'out_bias', 0);
  });
  return { dims: x.dims, values };
}

const EMPTY: FloatTensor = { dims: [], values: new Float64Array(1) };

function round(node: OnnxNode, value: number): number {
  const size = Math.abs(value);
  const sign = Math.sign(value);
  switch (node.attributes.get('rounding_mode')?.text ?? 'ROUND') {
    case 'ROUND':
    case 'HALF_EVEN':
      return halfToEven(value);
    case 'FLOOR':
      return Math.floor(value);
    case 'CEIL':
      return Math.ceil(value);
    case 'UP':
      return sign * Math.ceil(size);
    case 'DOWN':
      return sign * Math.floor(size);
    case 'HALF_UP':
      return sign * Math.floor(size + 0.5);
    case 'HALF_DOWN':
      return sign * Math.ceil(size - 0.5);
    default:
      throw new Error('the direct evaluation does not know this rounding mode');
  }
}

function halfToEven(value: number): number {
  const isTie = Math.abs(value - Math.trunc(value)) === 0.5;
  return isTie ? 2 * Math.round(value / 2) : Math.round(value);
}
