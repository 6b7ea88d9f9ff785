/**
 * Where every activation lies in the arena. A layer reads one tensor and writes the next, so two places that take turns
 * are enough; behind them is the scratch memory of the layer at work.
 */
import type { PlannedLayer } from '../plan-layers.ts';
import { elementCount } from '../tensor.ts';
import { layoutBytes } from './layout.ts';
import type { Step } from './plan-steps.ts';
import { selectOperator } from './select-operator.ts';

export interface MemoryPlan {
  /** Byte offset of each layer's output. The head's output is the caller's. */
  readonly outputOffsets: readonly number[];
  readonly scratchOffset: number;
  readonly arenaBytes: number;
}

/** The same for the steps of a family of kernels. */
export interface StepMemory extends MemoryPlan {
  /** Two places for levels of one byte each, which only observers see. */
  readonly observerOffsets: readonly [number, number];
}

/** DF_ARENA_ALIGNMENT of dropforge.h. */
const ALIGNMENT = 64;
/** Kernels may read so many bytes beyond an image, without using them. */
const SLACK = 64;

export function planMemory(layers: readonly PlannedLayer[]): MemoryPlan {
  const outputs = layers.map(({ layer, output }) => (layer.op === 'head' ? 0 : elementCount(output)));
  const { offsets, end } = takeTurns(outputs);
  const scratchBytes = Math.max(...layers.map(scratchBytesOf));
  return { outputOffsets: offsets, scratchOffset: end, arenaBytes: end + align(scratchBytes) };
}

export function planStepMemory(steps: readonly Step[], layers: readonly PlannedLayer[]): StepMemory {
  const isHead = (step: Step) => step.kind === 'portable' && layers[step.layer]?.layer.op === 'head';
  const { offsets, end } = takeTurns(steps.map((step) => (isHead(step) ? 0 : layoutBytes(step.output) + SLACK)));
  const observed = steps.filter((step) => step.kind === 'convolution');
  const observerBytes = align(Math.max(0, ...observed.map(({ output }) => elementCount(output.shape))));
  // An observer is called between two layers, when none has anything in its scratch memory.
  const headBytes = Math.max(...layers.map(({ layer, input }) => (layer.op === 'head' ? 4 * input.channels : 0)));
  return {
    outputOffsets: offsets,
    scratchOffset: end,
    observerOffsets: [end, end + observerBytes],
    arenaBytes: end + Math.max(2 * observerBytes, align(headBytes)),
  };
}

/** Two places, each as large as the largest tensor that lies there. */
function takeTurns(bytes: readonly number[]): { offsets: number[]; end: number } {
  const largest = (turn: number) => Math.max(0, ...bytes.filter((_, index) => index % 2 === turn));
  const [even, odd] = [align(largest(0)), align(largest(1))];
  return { offsets: bytes.map((_, index) => (index % 2 === 0 ? 0 : even)), end: even + odd };
}

/** What df_plan_packed_image of the runtime lays out: a sum per pixel, then bit planes. */
function scratchBytesOf(planned: PlannedLayer): number {
  const { layer, input } = planned;
  if (layer.op === 'head') return 4 * input.channels;
  if (layer.op !== 'convolution') return 0;
  const operator = selectOperator(planned, layer);
  if (operator.kind === 'int8') return 0;
  const pixels = (input.height + 2 * layer.padding) * (input.width + 2 * layer.padding);
  return align(4 * pixels) + pixels * 4 * Math.ceil(input.channels / 32) * operator.inputBits;
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
