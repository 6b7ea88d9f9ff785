import { type Constant, floatAttribute, integerAttribute, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { gatherOffsets, picked } from '../../frontend/operators/evaluator.ts';
import { accumulate } from '../accumulate.ts';
import type { Activation } from '../activation.ts';
import { type QuantizedWeights, quantizedWeights } from '../quantized-weights.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';

/**
 * Gemm and MatMul with quantized weights over a [1, F] activation: a convolution whose window is the whole image.
 * Feature f lies at `places[f]` in NHWC memory, which is at the same time its tap in OHWI weights.
 * Source: ONNX operators Gemm-13, MatMul-13.
 */
export const dense: Rule = {
  matches: ({ operator, position }) => (operator === 'Gemm' || operator === 'MatMul') && position === 0,
  rewrite(step, layers) {
    const { node, activation } = step;
    const constant = outputsFirst(step, constantInput(step, 1));
    const [outputs = 0, features = 0] = constant.dims;
    requireVector(node, activation, features);
    const plain = quantizedWeights(node, constant);
    const alpha = step.operator === 'Gemm' ? floatAttribute(node, 'alpha', 1) : 1;
    if (!(alpha > 0)) throw refuse('UNSUPPORTED_ATTRIBUTE', node, `alpha is ${alpha}`, 'use a positive alpha');
    const weights = { ...inMemoryOrder(plain, activation.places), scales: plain.scales.map((scale) => scale * alpha) };
    const window = { kernel: activation.memory.height, stride: 1, padding: 0 };
    const product = accumulate({ node, activation, weights, window, bias: bias(step, outputs) }, layers);
    return { ...product, shape: [1, outputs] };
  },
};

/** [outputs, features], whichever way the exporter stored it. */
function outputsFirst({ node, operator }: Step, constant: Constant): Constant {
  const [rows = 0, columns = 0] = constant.dims;
  if (constant.dims.length !== 2) throw notMatrix(node, `weights of shape [${constant.dims.join(', ')}]`);
  if (operator === 'Gemm' && integerAttribute(node, 'transA', 0) !== 0) throw notMatrix(node, 'a transposed input');
  if (operator === 'Gemm' && integerAttribute(node, 'transB', 0) !== 0) return constant;
  return picked(constant, [columns, rows], gatherOffsets([columns, rows], [1, columns]));
}

function requireVector(node: OnnxNode, { shape, memory, places }: Activation, features: number): void {
  if (shape.length !== 2 || shape[0] !== 1 || places.length !== features) {
    throw notMatrix(node, `an input of shape [${shape.join(', ')}] for ${features} features`);
  }
  if (memory.height !== memory.width) {
    throw refuse(
      'UNSUPPORTED_DATA_MOVEMENT',
      node,
      `it flattens an image of ${memory.height} by ${memory.width} pixels`,
      'flatten square images only, or pool to one pixel first',
    );
  }
}

function inMemoryOrder(weights: QuantizedWeights, places: Int32Array): QuantizedWeights {
  const levels = new Int8Array(weights.levels.length);
  for (const [index, level] of weights.levels.entries()) {
    const feature = index % places.length;
    levels[index - feature + (places[feature] ?? 0)] = level;
  }
  return { ...weights, levels };
}

/** Gemm's input C times beta: a scalar, [outputs] or [1, outputs]. */
function bias(step: Step, outputs: number): Float64Array | undefined {
  if (step.operator !== 'Gemm' || !step.node.inputs[2]) return undefined;
  const { values } = constantInput(step, 2);
  const beta = floatAttribute(step.node, 'beta', 1);
  if (values.length !== outputs && values.length !== 1) {
    throw notMatrix(step.node, `${values.length} biases for ${outputs} outputs`);
  }
  return Float64Array.from({ length: outputs }, (_, output) => beta * (values[output % values.length] ?? 0));
}

function notMatrix(node: OnnxNode, what: string): Error {
  return refuse('SHAPE_MISMATCH', node, `it has ${what}`, 'use a [1, features] input and a two-dimensional weight');
}
