/** A convolution's weights, thresholds and description in the module's memory. */
import type { ConvolutionLayer } from '../model.ts';
import { addBorder, borderedShape } from '../operators/border.ts';
import { signedWeights } from '../operators/convolution.ts';
import type { PlannedLayer } from '../plan-layers.ts';
import { elementCount } from '../tensor.ts';
import type { Kernels } from './kernels.ts';
import { type DigitImage, type LevelTarget, targetFields } from './level-store.ts';
import type { MemoryPlan } from './memory-plan.ts';
import { fitsNarrow, packInt8Pairs, packLut4Weights, packNarrowThresholds, packThresholds } from './pack-weights.ts';

/** Calls of the kernels, in order. */
export type Steps = (() => void)[];

/** Binary weights on digits. `words`: as in BitWeights. `inputBits`: bits per input level. */
export function planBitConvolution(
  memory: MemoryPlan,
  kernels: Kernels,
  { layer, output, inputBits }: PlannedLayer<ConvolutionLayer> & { inputBits: number },
  words: Uint32Array,
  image: DigitImage,
  target: LevelTarget,
): Steps {
  const channels = layer.outputChannels;
  const narrow = fitsNarrow(layer, inputBits);
  // The fields of df_lut4_layer: jobs/convert/runtime/src/df_conv_bits_lut4_128.h.
  const description = memory.write(
    Int32Array.of(
      image.address,
      image.rows,
      image.columns,
      image.pixelBytes,
      image.planes,
      image.planeBytes,
      layer.kernel,
      layer.stride,
      output.height,
      output.width,
      2 ** layer.activationBits - 1,
      memory.write(packLut4Weights(layer, words, kernels.lut4_vectors())),
      narrow ? memory.write(packNarrowThresholds(layer.thresholds, channels)) : 0,
      memory.write(packThresholds(layer.thresholds, channels)),
      memory.reserve(4 * image.rows * image.columns),
      ...targetFields(target),
    ),
  );
  return [() => kernels.conv_bits(description)];
}

/** Int8 weights, or binary ones on pixels. `bytes`: address of the input, one byte per value. */
export function planInt8Convolution(
  memory: MemoryPlan,
  kernels: Kernels,
  { layer, input, output, inputBits }: PlannedLayer<ConvolutionLayer>,
  bytes: number,
  target: LevelTarget,
): Steps {
  const bordered = borderedShape(layer, input);
  // One more than there are: the last pair may begin with the last value.
  const border = new Int16Array(elementCount(bordered) + 1);
  addBorder(layer, { ...input, values: new Uint8Array(elementCount(input)) }, border);
  const image = memory.write(border);
  const { weights } = layer;
  const values = weights.format === 'int8' ? weights.values : signedWeights(layer, weights.words);
  // The fields of df_int8_layer_128: jobs/convert/runtime/src/df_conv_int8_128.h.
  const description = memory.write(
    Int32Array.of(
      image,
      bordered.width,
      input.channels,
      layer.kernel,
      layer.stride,
      output.height,
      output.width,
      2 ** layer.activationBits - 1,
      memory.write(packInt8Pairs(layer, values)),
      memory.write(packThresholds(layer.thresholds, layer.outputChannels)),
      ...targetFields(target),
    ),
  );
  const [rowValues, rowBytes] = [bordered.width * input.channels, input.width * input.channels];
  const inner = image + 2 * layer.padding * (rowValues + input.channels);
  const zeroPoint = inputBits === null ? 128 : 0;
  return [
    () => kernels.widen(bytes, input.height, rowBytes, zeroPoint, inner, rowValues),
    () => kernels.conv_int8(description),
  ];
}
