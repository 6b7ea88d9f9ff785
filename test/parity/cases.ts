/** Models that every engine is tried on, and what a broken engine would compute. */
import type { ConvolutionLayer, IntegerModel } from '@dropforge/quantized-inference';
import { lmnetV1, modelFromPlan } from '@dropforge/quantized-inference/testing';
import { type ParityCase, parityCase } from './engine.ts';

/** Wide layers, whose sums come near the end of int16, and beyond what 16-bit kernels take. */
const wideModels = [1100, 1300].map((channels) =>
  modelFromPlan({
    input: { height: 3, width: 6, channels: 3 },
    layers: [
      { op: 'convolution', channels, kernel: 1, stride: 1, padding: 0, bits: 2, weights: 'int8' },
      { op: 'convolution', channels: 33, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'bits' },
    ],
    classes: 3,
    seed: channels,
  }),
);

/** Blocks of pixels whose channels do not fill a byte or a word, with a border of their own level. */
const oddBlocks = modelFromPlan({
  input: { height: 12, width: 18, channels: 3 },
  layers: [
    { op: 'convolution', channels: 7, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' },
    { op: 'space-to-depth', block: 3 },
    { op: 'convolution', channels: 70, kernel: 3, stride: 1, padding: 1, paddingLevel: 1, bits: 2, weights: 'bits' },
    { op: 'space-to-depth', block: 2 },
    { op: 'convolution', channels: 65, kernel: 2, stride: 1, padding: 1, paddingLevel: 3, bits: 1, weights: 'bits' },
  ],
  classes: 5,
  seed: 11,
});

/** Images whose first row of pixels is the last one, or next to it: windows have padding above, below or on both sides. */
const flatModels = [1, 2, 3].map((height) =>
  modelFromPlan({
    input: { height, width: 13, channels: 3 },
    layers: [
      { op: 'convolution', channels: 50, kernel: 1, stride: 1, padding: 0, bits: 2, weights: 'int8' },
      { op: 'convolution', channels: 130, kernel: 3, stride: 1, padding: 1, paddingLevel: 2, bits: 2, weights: 'bits' },
      { op: 'convolution', channels: 9, kernel: 3, stride: 1, padding: 1, paddingLevel: 3, bits: 2, weights: 'bits' },
    ],
    classes: 3,
    seed: height,
  }),
);

export function fixedCases(lmnetSide = 32): ParityCase[] {
  return [
    parityCase('LmnetV1', lmnetV1({ side: lmnetSide }), 2, 7),
    parityCase('odd blocks', oddBlocks, 3),
    ...flatModels.map((model, index) => parityCase(`flat ${index + 1}`, model, 1)),
    ...wideModels.flatMap((model, index) => [
      parityCase(`wide ${index}`, model, 1),
      parityCase(`saturated ${index}`, saturate(model), 1),
    ]),
  ];
}

/** The first layer gives the highest level everywhere, the second one has only weights of +1. */
function saturate(model: IntegerModel): IntegerModel {
  const layers = model.layers.map((layer, index) => {
    if (layer.op !== 'convolution') return layer;
    if (index === 0) return { ...layer, thresholds: layer.thresholds.map(() => -(2 ** 31)) };
    const taps = layer.kernel ** 2 * layer.inputChannels;
    const words = Math.ceil(taps / 32);
    const last = taps % 32 === 0 ? 2 ** 32 - 1 : 2 ** (taps % 32) - 1;
    const ones = new Uint32Array(layer.outputChannels * words).map((_, i) =>
      i % words === words - 1 ? last : 2 ** 32 - 1,
    );
    // The largest sums that a window within the image, at its edge and in its corner reach, and one more.
    const thresholds = layer.thresholds.map((_, i) => [taps * 2, taps * 3, taps * 3 + 1][i % 3] ?? 0);
    return { ...layer, weights: { format: 'bits', words: ones } as const, thresholds };
  });
  return { ...model, layers };
}

export type Mutation = 'weight bit' | 'threshold' | 'padding level';

/** The model with one small fault in the named layer, of which the comparison must tell the layer. */
export function mutate(model: IntegerModel, name: string, mutation: Mutation): IntegerModel {
  const layers = model.layers.map((layer) =>
    layer.name === name && layer.op === 'convolution' ? mutateLayer(structuredClone(layer), mutation) : layer,
  );
  return { ...model, layers };
}

/** In each channel: in a single one the fault may leave every level as it was. */
function mutateLayer(layer: ConvolutionLayer, mutation: Mutation): ConvolutionLayer {
  if (mutation === 'padding level') return { ...layer, paddingLevel: layer.paddingLevel === 0 ? 1 : 0 };
  if (mutation === 'threshold') {
    return { ...layer, thresholds: layer.thresholds.map((threshold) => Math.min(threshold + 1, 2 ** 31 - 1)) };
  }
  if (layer.weights.format !== 'bits') throw new Error(`${layer.name} has no weight bits.`);
  const words = layer.weights.words.length / layer.outputChannels;
  return {
    ...layer,
    weights: { format: 'bits', words: layer.weights.words.map((word, i) => (i % words === 0 ? word ^ 1 : word)) },
  };
}
