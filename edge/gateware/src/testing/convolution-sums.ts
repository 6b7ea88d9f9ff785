/** The accumulators of a convolution, tap by tap: what the reference executor computes and then compares with thresholds. */
import {
  type ConvolutionLayer,
  type Shape,
  signedWeights,
  type Tensor,
  tapCount,
} from '@dropforge/quantized-inference';

/** `input`: levels, or pixels minus 128 with a padding of 0. Returns int32 NHWC of `output`. */
export function convolutionSums(layer: ConvolutionLayer, input: Tensor, output: Shape): Int32Array {
  const { kernel, stride, padding, paddingLevel, inputChannels } = layer;
  const weights = layer.weights.format === 'int8' ? layer.weights.values : signedWeights(layer, layer.weights.words);
  const taps = tapCount(layer);
  const sums = new Int32Array(output.height * output.width * output.channels);
  return sums.map((_, index) => {
    const channel = index % output.channels;
    const window = Math.floor(index / output.channels);
    const [top, left] = [Math.floor(window / output.width) * stride, (window % output.width) * stride];
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const position = Math.floor(tap / inputChannels);
      const y = top + Math.floor(position / kernel) - padding;
      const x = left + (position % kernel) - padding;
      const inside = y >= 0 && y < input.height && x >= 0 && x < input.width;
      const at = (y * input.width + x) * inputChannels + (tap % inputChannels);
      sum += (weights[channel * taps + tap] ?? 0) * (inside ? (input.values[at] ?? 0) : paddingLevel);
    }
    return sum;
  });
}
