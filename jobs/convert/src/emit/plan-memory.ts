/**
 * Where every activation lies in the arena. A layer reads one tensor and writes the next, so two places that take turns
 * are enough; the third is the scratch memory of the layer at work.
 */
import { elementCount, type PlannedLayer } from '@dropforge/quantized-inference';
import { selectOperator } from './select-operator.ts';

export interface MemoryPlan {
  /** Byte offset of each layer's output. The head's output is the caller's. */
  readonly outputOffsets: readonly number[];
  readonly scratchOffset: number;
  readonly arenaBytes: number;
}

/** DF_ARENA_ALIGNMENT of dropforge.h. */
const ALIGNMENT = 64;

export function planMemory(layers: readonly PlannedLayer[]): MemoryPlan {
  const places = [0, 0];
  let scratchBytes = 0;
  for (const [index, layer] of layers.entries()) {
    if (layer.layer.op !== 'head') {
      places[index % 2] = Math.max(places[index % 2] ?? 0, align(elementCount(layer.output)));
    }
    scratchBytes = Math.max(scratchBytes, align(scratchBytesOf(layer)));
  }
  const [even = 0, odd = 0] = places;
  const scratchOffset = even + odd;
  return {
    outputOffsets: layers.map((_, index) => (index % 2 === 0 ? 0 : even)),
    scratchOffset,
    arenaBytes: scratchOffset + scratchBytes,
  };
}

/** What df_plan_packed_image of the runtime lays out: a sum per pixel, then bit planes or table indices. */
function scratchBytesOf(planned: PlannedLayer): number {
  const { layer, input } = planned;
  if (layer.op === 'head') return 4 * input.channels;
  if (layer.op !== 'convolution') return 0;
  const operator = selectOperator(planned, layer);
  if (operator.kind === 'int8') return 0;
  const pixels = (input.height + 2 * layer.padding) * (input.width + 2 * layer.padding);
  const planeBytes = 4 * Math.ceil(input.channels / 32) * operator.inputBits;
  const nibbleBytes = operator.nibbleLimit === null ? 0 : Math.ceil(input.channels / 4);
  return align(4 * pixels) + pixels * Math.max(planeBytes, nibbleBytes);
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
