/** From the layers of a model to the passes of the engine. */
import {
  type AveragePoolLayer,
  type ConvolutionLayer,
  type HeadLayer,
  type IntegerModel,
  type MaxPoolLayer,
  type PlannedLayer,
  planLayers,
  type Shape,
  type SpaceToDepthLayer,
} from '@dropforge/quantized-inference';
import type { ArraySize } from './array-size.ts';
import { FpgaRefusal } from './refusal.ts';

/** One walk over an activation buffer: a convolution or a maximum, perhaps written as 2x2 blocks. */
export interface Pass {
  readonly layer: ConvolutionLayer | MaxPoolLayer;
  /** The model's layer whose output this pass leaves in the buffer. */
  readonly name: string;
  readonly input: Shape;
  /** Bits per level that is read; null for the pixels. */
  readonly inputBits: number | null;
  /** What is computed. */
  readonly output: Shape;
  readonly spaceToDepth: boolean;
  /** What lies in the buffer afterwards: `output`, or its blocks. */
  readonly written: Shape;
  /** Whether the sums are written, without thresholds. Only the last pass may: no pass reads sums. */
  readonly accumulators: boolean;
}

/** What the last pass leaves: levels in a buffer, or the sums of a convolution, whose thresholds are then the host's. */
export type FpgaOutput = 'levels' | 'accumulators';

/** The head is left to the host, whose processor needs less time for it than for reading its input. */
export function planPasses(model: IntegerModel, array: ArraySize, result: FpgaOutput): Pass[] {
  const passes = planLevelPasses(model, array);
  const last = passes.at(-1);
  if (result === 'levels' || last === undefined) return passes;
  if (last.layer.op !== 'convolution' || last.spaceToDepth) {
    throw new FpgaRefusal(
      'OPERATION_UNSUPPORTED',
      last.name,
      'ends the passes and is no convolution; only a convolution has accumulators to give.',
    );
  }
  return [...passes.slice(0, -1), { ...last, accumulators: true }];
}

function planLevelPasses(model: IntegerModel, array: ArraySize): Pass[] {
  const passes: Pass[] = [];
  for (const planned of planLayers(model)) {
    const { layer, input, inputBits, output } = planned;
    switch (layer.op) {
      case 'convolution':
      case 'max-pool':
        passes.push({ layer, name: layer.name, input, inputBits, output, written: output, ...plain });
        break;
      case 'space-to-depth':
        addBlocks(passes, { ...planned, layer }, array);
        break;
      case 'average-pool':
        throw unsupported(layer, 'is an average; the engine has the maximum only.');
      case 'head':
        break;
    }
  }
  return passes;
}

/** Writes the pass before as blocks. Where there is none that could, one that only copies is added. */
function addBlocks(
  passes: Pass[],
  { layer, input, inputBits, output }: PlannedLayer<SpaceToDepthLayer>,
  array: ArraySize,
) {
  if (layer.block === 1) return;
  if (layer.block !== 2) throw unsupported(layer, `has blocks of ${layer.block}; the engine has blocks of 2 only.`);
  if (input.channels % array.CHUNK !== 0) {
    throw unsupported(layer, `reads ${input.channels} channels, which is not a multiple of ${array.CHUNK}.`);
  }
  const last = passes.at(-1);
  if (last && !last.spaceToDepth) {
    passes[passes.length - 1] = { ...last, name: layer.name, spaceToDepth: true, written: output };
    return;
  }
  const copy = { op: 'max-pool', name: layer.name, kernel: 1, stride: 1 } as const;
  const blocks = { output: input, spaceToDepth: true, written: output, accumulators: false };
  passes.push({ layer: copy, name: layer.name, input, inputBits, ...blocks });
}

const plain = { spaceToDepth: false, accumulators: false } as const;

function unsupported(layer: AveragePoolLayer | SpaceToDepthLayer | HeadLayer, sentence: string): FpgaRefusal {
  return new FpgaRefusal('OPERATION_UNSUPPORTED', layer.name, sentence);
}
