import { integerAttribute, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { accumulate } from '../accumulate.ts';
import { toChannelsFirst } from '../channels-first.ts';
import { MAXIMUM_WEIGHTS, quantizedWeights } from '../quantized-weights.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';
import { squareWindow } from './windows.ts';

/** Conv with quantized weights [O, I, k, k]: an accumulator per output channel. Source: ONNX operator Conv-11. */
export const convolution: Rule = {
  matches: ({ operator, position }) => operator === 'Conv' && position === 0,
  rewrite(step, layers) {
    const { node } = step;
    const constant = constantInput(step, 1);
    const { activation, order } = toChannelsFirst(node, step.activation, layers);
    const window = squareWindow(node, constant.dims.slice(2));
    const [outputs = 0, inputs = 0, height = 0, width = 0] = constant.dims;
    const groups = integerAttribute(node, 'group', 1);
    const { kernel, stride } = window;
    const square = constant.dims.length === 4 && height === kernel && width === kernel && stride >= 1;
    if (!square || !(groups >= 1) || inputs * groups !== order.length || outputs % groups !== 0) {
      throw mismatch(node, constant.dims, order.length);
    }
    if (outputs * order.length * kernel * kernel > MAXIMUM_WEIGHTS) throw tooLarge(node);
    const { levels, scales, bipolar } = quantizedWeights(node, constant);
    const weights = {
      levels: channelsLast(levels, outputs, kernel, order, groups),
      scales,
      bipolar: bipolar && groups === 1,
    };
    return accumulate({ node, activation, window, weights, bias: bias(step, outputs) }, layers);
  },
};

/**
 * OIHW to OHWI; input channel c of the graph is memory channel `order[c]`. An output channel of a grouped or depthwise
 * convolution reads its own group only: the weights of all other channels are 0.
 */
function channelsLast(
  levels: Int8Array,
  outputs: number,
  kernel: number,
  order: Int32Array,
  groups: number,
): Int8Array {
  const area = kernel * kernel;
  const inputs = order.length / groups;
  const result = new Int8Array(outputs * area * order.length);
  let source = 0;
  for (let output = 0; output < outputs; output++) {
    const first = Math.floor((output * groups) / outputs) * inputs;
    for (const channel of order.subarray(first, first + inputs)) {
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

function tooLarge(node: OnnxNode): Error {
  return refuse('OUT_OF_RANGE', node, 'it has too many weights for a device', 'use fewer channels or a smaller kernel');
}
