/** A model as the engine runs it: one image to load, and where to find the result. */
import type { IntegerModel, Shape } from '@dropforge/quantized-inference';
import type { ArraySize } from './array-size.ts';
import { checkPass } from './check-pass.ts';
import { encodePass } from './encode-pass.ts';
import { estimateCycles } from './estimate-cycles.ts';
import { writeImage } from './image-format.ts';
import { PROGRAM_LAYERS } from './layer-program.ts';
import { packBitWeights, packPixelWeights, packThresholds, thresholdRows, weightRows } from './pack-rows.ts';
import { type FpgaOutput, type Pass, planPasses } from './passes.ts';
import { FpgaRefusal } from './refusal.ts';
import { schedulePass } from './schedule.ts';
import { accumulatorChunks, type ChunkSchedule } from './unpack-accumulators.ts';

export interface FpgaNetwork {
  /** Words for the LOAD window. */
  readonly image: Uint32Array<ArrayBuffer>;
  readonly passes: readonly LoweredPass[];
  /** Cycles of a run. */
  readonly cycles: number;
}

export interface LoweredPass {
  /** The model's layer whose output lies in the buffer after this pass. */
  readonly name: string;
  readonly cycles: number;
  /** The buffer that is written, 0 or 1. Of no meaning where accumulators are written. */
  readonly buffer: number;
  readonly written: Shape;
  /** Where the pass leaves accumulators and no levels: how `unpackAccumulators` finds them. */
  readonly accumulators: ChunkSchedule | null;
}

/**
 * `output`: with `accumulators` the last convolution's thresholds are left to the host, so that its levels may have more than
 * two bits. Throws FpgaRefusal for a model that this array cannot run. The model is one that `checkModel` accepted.
 */
export function lowerModel(model: IntegerModel, array: ArraySize, output: FpgaOutput = 'levels'): FpgaNetwork {
  const passes = planPasses(model, array, output);
  if (passes.length > PROGRAM_LAYERS) {
    const sentence = `The model needs ${passes.length} passes; the program memory has ${PROGRAM_LAYERS}.`;
    throw new FpgaRefusal('MEMORY_EXCEEDED', null, sentence);
  }
  const rows = { weights: 0, thresholds: 0 };
  const lowered = passes.map((pass, index) => {
    checkPass(pass, array);
    const part = lowerPass(pass, array, { isLast: index === passes.length - 1, source: (index + 1) % 2, rows });
    rows.weights = takeRows(pass, 'weights', rows.weights, part.weightRows, array.WEIGHTS_DEPTH);
    takeRows(pass, 'accumulators', 0, part.accumulatorRows, array.ACCUMULATORS_DEPTH);
    rows.thresholds = takeRows(pass, 'thresholds', rows.thresholds, part.thresholdRows, array.THRESHOLDS_DEPTH);
    return part;
  });
  const cycles = lowered.reduce((sum, pass) => sum + pass.cycles, 0);
  const image = writeImage(array, {
    program: concatenate(lowered.map(({ program }) => program)),
    thresholds: concatenate(lowered.map(({ thresholds }) => thresholds)),
    weights: concatenate(lowered.map(({ weights }) => weights)),
    // Far more than it takes: the limit is there to end a run that never would.
    cycleLimit: 16 * cycles,
  });
  return {
    image,
    cycles,
    passes: passes.map((pass, index) => ({
      name: pass.name,
      written: pass.written,
      cycles: lowered[index]?.cycles ?? 0,
      buffer: index % 2,
      accumulators: pass.accumulators ? schedulePass(pass, array) : null,
    })),
  };
}

interface Place {
  readonly isLast: boolean;
  readonly source: number;
  /** Rows that are taken already. */
  readonly rows: { readonly weights: number; readonly thresholds: number };
}

function lowerPass(pass: Pass, array: ArraySize, { isLast, source, rows }: Place) {
  const { layer } = pass;
  const schedule = schedulePass(pass, array);
  const placement = { isLast, source, weightBase: rows.weights, thresholdBase: rows.thresholds };
  const program = encodePass(pass, schedule, placement, array);
  const cycles = estimateCycles(pass, schedule, array);
  if (layer.op === 'max-pool') {
    return { program, cycles, weights: none, thresholds: none, weightRows: 0, thresholdRows: 0, accumulatorRows: 0 };
  }
  return {
    program,
    cycles,
    weights:
      pass.inputBits === null ? packPixelWeights(layer, schedule, array) : packBitWeights(layer, schedule, array),
    thresholds: pass.accumulators ? none : packThresholds(layer, array),
    weightRows: weightRows(layer, schedule),
    accumulatorRows: pass.accumulators ? accumulatorChunks(pass.output, schedule) : 0,
    thresholdRows: pass.accumulators ? 0 : thresholdRows(layer.outputChannels, array.CHUNK),
  };
}

const none = new Uint32Array(0);

function takeRows({ layer }: Pass, memory: string, taken: number, rows: number, depth: number): number {
  if (taken + rows <= depth) return taken + rows;
  const sentence = `needs ${rows} rows of ${memory} after ${taken}; the memory has ${depth}, which is ${taken + rows - depth} too few.`;
  throw new FpgaRefusal('MEMORY_EXCEEDED', layer.name, sentence);
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array {
  const words = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
  return words;
}
