import type { OnnxGraph, OnnxNode } from '../../frontend/graph.ts';
import { floatBipolarQuant, floatMultiThreshold, floatQuant, floatTrunc } from './float-quantizers.ts';
import { alongChannels, broadcast, type FloatTensor, float, integer, integers } from './float-tensor.ts';
import { floatConvolution, floatDepthToSpace, floatPool, floatSpaceToDepth, mean } from './float-windows.ts';

export type { FloatTensor } from './float-tensor.ts';

/**
 * Evaluates a graph directly in float64, operator by operator, as its definition reads: the slow truth against which
 * the integer model is checked. It knows one image, square windows and what networks of the tests contain.
 */
export function runFloatNetwork(graph: OnnxGraph, image: FloatTensor): FloatTensor {
  const tensors = new Map<string, FloatTensor>();
  for (const [name, { dims, values }] of graph.initializers) tensors.set(name, { dims, values });
  const [input] = graph.inputs;
  tensors.set(input?.name ?? '', image);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => tensors.get(name) ?? { dims: [], values: new Float64Array(0) });
    tensors.set(node.outputs[0] ?? '', evaluate(node, inputs));
  }
  return tensors.get(graph.outputs[0]?.name ?? '') ?? image;
}

type Evaluate = (node: OnnxNode, inputs: readonly FloatTensor[]) => FloatTensor;

const NOTHING: FloatTensor = { dims: [], values: new Float64Array(1) };

const binary =
  (operate: (a: number, b: number) => number): Evaluate =>
  (_, [a = NOTHING, b = NOTHING]) =>
    // The activation may be either of the two.
    a.values.length >= b.values.length ? broadcast(a, [b], operate) : broadcast(b, [a], (y, x) => operate(x, y));
const unary =
  (operate: (node: OnnxNode, x: FloatTensor, second: FloatTensor) => FloatTensor): Evaluate =>
  (node, [x = NOTHING, second = NOTHING]) =>
    operate(node, x, second);

const EVALUATORS: Readonly<Record<string, Evaluate>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Pow: binary((a, b) => a ** b),
  Neg: unary((_, x) => broadcast(x, [], (value) => -value)),
  Sqrt: unary((_, x) => broadcast(x, [], Math.sqrt)),
  Log: unary((_, x) => broadcast(x, [], Math.log)),
  Ceil: unary((_, x) => broadcast(x, [], Math.ceil)),
  Relu: unary((_, x) => broadcast(x, [], (value) => Math.max(value, 0))),
  Clip: (_, [x = NOTHING, low = NOTHING, high = NOTHING]) =>
    broadcast(x, [low, high], (value, min, max) => Math.min(Math.max(value, min), max)),
  Quant: floatQuant,
  BipolarQuant: (_, inputs) => floatBipolarQuant(inputs),
  Trunc: floatTrunc,
  MultiThreshold: floatMultiThreshold,
  BatchNormalization: normalization,
  Conv: (node, [x = NOTHING, weights = NOTHING, bias]) => {
    const product = floatConvolution(node, x, weights);
    return bias ? broadcast(product, [alongChannels(bias, 4)], (a, b) => a + b) : product;
  },
  MaxPool: unary((node, x) => floatPool(node, x, (window) => Math.max(...window))),
  AveragePool: unary((node, x) => floatPool(node, x, mean)),
  GlobalMaxPool: unary((node, x) => floatPool(node, x, (window) => Math.max(...window))),
  GlobalAveragePool: unary((node, x) => floatPool(node, x, mean)),
  ReduceMean: unary((node, x) => floatPool(node, x, mean)),
  SpaceToDepth: unary(floatSpaceToDepth),
  DepthToSpace: unary(floatDepthToSpace),
  Flatten: unary((_, x) => ({ dims: [1, x.values.length], values: x.values })),
  Reshape: unary((_, x, shape) => ({ dims: reshaped(x, shape.values), values: x.values })),
  Transpose: unary((node, x) => transpose(x, integers(node, 'perm', []))),
  Identity: unary((_, x) => x),
  Softmax: unary((_, x) => x), // the logits are what is compared
  MatMul: unary((_, x, weights) => matrix(x, weights)),
  Gemm: (node, [x = NOTHING, weights = NOTHING, bias = NOTHING]) => {
    const product = matrix(x, integer(node, 'transB') === 1 ? transpose(weights, [1, 0]) : weights);
    return broadcast(product, [bias], (a, b) => a + b);
  },
};

function evaluate(node: OnnxNode, inputs: readonly FloatTensor[]): FloatTensor {
  const evaluator = EVALUATORS[node.operator];
  if (!evaluator) throw new Error(`the direct evaluation has no ${node.operator}`);
  return evaluator(node, inputs);
}

function normalization(node: OnnxNode, [x = NOTHING, ...parameters]: readonly FloatTensor[]): FloatTensor {
  const epsilon = float(node, 'epsilon', 1e-5);
  const columns = parameters.map((parameter) => alongChannels(parameter, x.dims.length));
  return broadcast(x, columns, (value, gamma = 0, beta = 0, average = 0, variance = 0) => {
    return (gamma * (value - average)) / Math.sqrt(variance + epsilon) + beta;
  });
}

function reshaped(x: FloatTensor, target: Float64Array): number[] {
  const known = target.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  return Array.from(target, (dim) => (dim === -1 ? x.values.length / known : dim));
}

function transpose(x: FloatTensor, permutation: readonly number[]): FloatTensor {
  const dims = permutation.map((axis) => x.dims[axis] ?? 1);
  const values = x.values.map((_, index) => {
    const position = new Array<number>(dims.length).fill(0);
    let rest = index;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      position[permutation[axis] ?? 0] = rest % (dims[axis] ?? 1);
      rest = Math.floor(rest / (dims[axis] ?? 1));
    }
    return x.values[position.reduce((offset, place, axis) => offset * (x.dims[axis] ?? 1) + place, 0)] ?? 0;
  });
  return { dims, values };
}

/** [1, F] times [F, outputs]. */
function matrix(x: FloatTensor, { dims: [, outputs = 1], values }: FloatTensor): FloatTensor {
  const sums = new Float64Array(outputs);
  for (const [feature, value] of x.values.entries()) {
    for (let output = 0; output < outputs; output++) {
      sums[output] = (sums[output] ?? 0) + value * (values[feature * outputs + output] ?? 0);
    }
  }
  return { dims: [1, outputs], values: sums };
}

/** NHWC bytes as the NCHW float image that the network's input is. */
export function imageTensor(pixels: Uint8Array, height: number, width: number, channels: number): FloatTensor {
  const values = Float64Array.from({ length: pixels.length }, (_, index) => {
    const channel = Math.floor(index / (height * width));
    return pixels[(index % (height * width)) * channels + channel] ?? 0;
  });
  return { dims: [1, channels, height, width], values };
}
