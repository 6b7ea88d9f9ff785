import { integerAttribute, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { accumulate } from '../accumulate.ts';
import { toChannelsFirst } from '../channels-first.ts';
import { quantizedWeights } from '../quantized-weights.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';
import { squareWindow } from './windows.ts';

/** Conv with quantized weights [O, I, k, k]: an accumulator per output channel. Source: ONNX operator Conv-11. */
export const convolution: Rule = {
  matches: ({ operator, position }) => operator === 'Conv' && position === 0,
  rewrite(step, layers) {
    const { node } = step;
    const constant = constantInput(step, 1);
    const weights = quantizedWeights(node, constant);
    const { activation, order } = toChannelsFirst(node, step.activation, layers);
    const window = squareWindow(node, constant.dims.slice(2));
    const [outputs = 0, inputs = 0, height = 0, width = 0] = constant.dims;
    if (integerAttribute(node, 'group', 1) !== 1) {
      throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'it is grouped or depthwise', 'use group 1');
    }
    const { kernel, stride } = window;
    if (constant.dims.length !== 4 || inputs !== order.length || height !== kernel || width !== kernel || stride < 1) {
      throw mismatch(node, constant.dims, order.length);
    }
    const levels = channelsLast(weights.levels, outputs, kernel, order);
    return accumulate({ node, activation, window, weights: { ...weights, levels }, bias: bias(step, outputs) });
  },
};

/** OIHW to OHWI; input channel c of the graph is memory channel `order[c]`. */
function channelsLast(levels: Int8Array, outputs: number, kernel: number, order: Int32Array): Int8Array {
  const area = kernel * kernel;
  const result = new Int8Array(levels.length);
  let source = 0;
  for (let output = 0; output < outputs; output++) {
    for (const channel of order) {
      for (let tap = 0; tap < area; tap++) {
        result[(output * area + tap) * order.length + channel] = levels[source++] ?? 0;
      }
    }
  }
  return result;
}

/** The optional real-valued bias, input 2. */
function bias(step: Step, outputs: number): Float64Array | undefined {
  if (!step.node.inputs[2]) return undefined;
  const constant = constantInput(step, 2);
  if (constant.values.length === outputs) return constant.values;
  throw mismatch(step.node, constant.dims, outputs);
}

function mismatch(node: OnnxNode, dims: readonly number[], channels: number): Error {
  return refuse(
    'SHAPE_MISMATCH',
    node,
    `parameters of shape [${dims.join(', ')}] do not fit ${channels} channels`,
    'export the model again',
  );
}
