import { type Constant, integerAttribute, integersAttribute, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { integerList } from '../../frontend/operators/evaluator.ts';
import { type Activation, isUnclamped, type Meaning, type Memory, type Sums } from '../activation.ts';
import { asLevels } from '../as-levels.ts';
import { averagedSums } from '../average-pool.ts';
import { toChannelsFirst } from '../channels-first.ts';
import type { LayerList, Rule, Step } from '../rule.ts';
import { channelsFirstPlaces, pooledMemory } from './max-pool.ts';
import { squareWindow } from './windows.ts';

const OPERATORS = new Set(['GlobalAveragePool', 'AveragePool', 'ReduceMean']);

type PoolWindow = NonNullable<Sums['window']>;

/** A mean is a sum of integers that count 1/n each; the sum becomes a layer, or the head's own, when it is read. */
export const averagePool: Rule = {
  matches: ({ operator }) => OPERATORS.has(operator),
  rewrite(step, layers) {
    const { node } = step;
    const { activation, order } = toChannelsFirst(node, step.activation, layers);
    if (!isUnclamped(activation)) throw misplaced(node);
    const { memory } = activation;
    const window = localWindow(step, memory);
    const pooled = window ? pooledMemory(node, memory, window) : { height: 1, width: 1, channels: memory.channels };
    const keep = step.operator !== 'ReduceMean' || integerAttribute(node, 'keepdims', 1) === 1;
    const next = {
      shape: keep ? [1, pooled.channels, pooled.height, pooled.width] : [1, pooled.channels],
      places: channelsFirstPlaces(pooled, order),
      memory: pooled,
    };
    if (activation.integers.kind === 'accumulator') return { ...next, ...averagedProduct(node, activation, window) };
    return { ...next, ...averagedLevels(node, activation, window, layers) };
  },
};

/** The window of an AveragePool; undefined where all pixels are averaged. */
function localWindow(step: Step, memory: Memory): PoolWindow | undefined {
  const { node, operator } = step;
  if (operator === 'ReduceMean') requireSpatialAxes(node, step.constants[1]);
  if (operator !== 'AveragePool') return undefined;
  const { kernel, stride, padding } = squareWindow(node, []);
  if (padding !== 0 || integerAttribute(node, 'ceil_mode', 0) !== 0) {
    throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'it pads its input', 'use pads 0 and ceil_mode 0');
  }
  return kernel === memory.height && kernel === memory.width ? undefined : { kernel, stride };
}

function averagedLevels(node: OnnxNode, given: Activation, window: PoolWindow | undefined, layers: LayerList) {
  const { integers, meaning, memory } = asLevels(node, given, layers);
  if (integers.kind !== 'levels') throw misplaced(node);
  const { height, width } = memory;
  const square = height === width ? { kernel: height, stride: height } : undefined;
  const chosen = window ?? square;
  const pixels = chosen ? chosen.kernel ** 2 : height * width;
  const sums: Sums = chosen
    ? averagedSums(integers, memory, chosen)
    : {
        kind: 'sums',
        image: memory,
        maximum: integers.maximum,
        window: undefined,
        highest: pixels * integers.maximum,
        whole: true,
      };
  return { meaning: divided(meaning, pixels), integers: sums };
}

/** The average of a pointwise product commutes with it: the head reads the sums. */
function averagedProduct(node: OnnxNode, { integers, meaning, memory }: Activation, window: PoolWindow | undefined) {
  if (integers.kind !== 'accumulator' || window !== undefined) throw misplaced(node);
  const pointwise = integers.kernel === 1 && integers.stride === 1 && integers.padding === 0;
  if (!pointwise || integers.pools.length > 0) throw misplaced(node);
  return {
    meaning: divided(meaning, memory.height * memory.width),
    integers: { ...integers, averaged: true },
  };
}

function requireSpatialAxes(node: OnnxNode, input: Constant | undefined): void {
  const axes = input ? integerList(node, input) : integersAttribute(node, 'axes', []);
  const positive = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
  if (positive.join() === '2,3') return;
  throw refuse('UNSUPPORTED_OPERATOR', node, `it averages the axes [${axes.join(', ')}]`, 'average the axes 2 and 3');
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
    'average directly behind an activation quantizer',
  );
}
