import { type Constant, integerAttribute, integersAttribute, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { integerList } from '../../frontend/operators/evaluator.ts';
import { type Activation, isUnclamped, type Meaning } from '../activation.ts';
import { toChannelsFirst } from '../channels-first.ts';
import type { Rule, Step } from '../rule.ts';
import { channelsFirstPlaces } from './max-pool.ts';
import { squareWindow } from './windows.ts';

const OPERATORS = new Set(['GlobalAveragePool', 'AveragePool', 'ReduceMean']);

/** The mean over all pixels becomes the head's sum; the division goes into the scale. */
export const globalPool: Rule = {
  matches: ({ operator }) => OPERATORS.has(operator),
  rewrite(step, layers) {
    const { node } = step;
    const { activation, order } = toChannelsFirst(node, step.activation, layers);
    const { memory, meaning, integers } = activation;
    requireWholeImage(step, activation);
    const keep = step.operator !== 'ReduceMean' || integerAttribute(node, 'keepdims', 1) === 1;
    const pooled = { height: 1, width: 1, channels: memory.channels };
    const next = {
      shape: keep ? [1, memory.channels, 1, 1] : [1, memory.channels],
      places: channelsFirstPlaces(pooled, order),
      memory: pooled,
      meaning: divided(meaning, memory.height * memory.width),
    };
    if (!isUnclamped(activation)) throw misplaced(node);
    if (integers.kind === 'levels') return { ...next, integers: { kind: 'sums' } };
    const pointwise = integers.kind === 'accumulator' && integers.kernel === 1 && integers.stride === 1;
    if (!pointwise || integers.pools.length > 0 || integers.padding !== 0) throw misplaced(node);
    return { ...next, integers: { ...integers, averaged: true } };
  },
};

/** AveragePool must cover the image, ReduceMean must take both spatial axes. */
function requireWholeImage(step: Step, { memory }: Activation): void {
  const { node } = step;
  if (step.operator === 'AveragePool') {
    const { kernel, padding } = squareWindow(node, []);
    if (kernel === memory.height && kernel === memory.width && padding === 0) return;
    throw refuse('UNSUPPORTED_OPERATOR', node, 'it averages parts of the image', 'use MaxPool or GlobalAveragePool');
  }
  if (step.operator === 'ReduceMean') {
    const axes = axesOf(node, step.constants[1]);
    if (
      [...axes]
        .map((axis) => (axis < 0 ? axis + 4 : axis))
        .sort()
        .join() === '2,3'
    )
      return;
    throw refuse('UNSUPPORTED_OPERATOR', node, `it averages the axes [${axes.join(', ')}]`, 'average the axes 2 and 3');
  }
}

function axesOf(node: OnnxNode, input: Constant | undefined): readonly number[] {
  return input ? integerList(node, input) : integersAttribute(node, 'axes', []);
}

/** A sum of n integers stands for their mean when each counts 1/n; the offset is the mean's own. */
function divided(meaning: Meaning, count: number): Meaning {
  return { ...meaning, scale: meaning.scale.map((value) => value / count) };
}

function misplaced(node: OnnxNode): Error {
  return refuse(
    'UNSUPPORTED_OPERATOR',
    node,
    'it averages values that are not quantized',
    'average directly behind an activation quantizer, in front of the last layer',
  );
}
