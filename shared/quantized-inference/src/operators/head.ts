/** The classifier: global sum of levels, int8 weights, int32 bias. */
import type { HeadLayer } from '../model.ts';
import { ModelFileError } from '../model-file-error.ts';
import type { Shape, Tensor } from '../tensor.ts';

/** One row of logits. Throws ModelFileError CHANNELS_MISMATCH. */
export function headShape(layer: HeadLayer, input: Shape): Shape {
  if (layer.inputChannels !== input.channels) {
    throw new ModelFileError(
      'CHANNELS_MISMATCH',
      `Layer ${layer.name} reads ${layer.inputChannels} channels; the layer before it writes ${input.channels}.`,
    );
  }
  return { height: 1, width: 1, channels: layer.bias.length };
}

/** `logit[k] = bias[k] + sum over c of weights[k, c] * sum over pixels of level[c]`, exact in int32. */
export function head(layer: HeadLayer, input: Tensor): Int32Array {
  const sums = new Int32Array(input.channels);
  for (const [index, level] of input.values.entries()) {
    const channel = index % input.channels;
    sums[channel] = (sums[channel] ?? 0) + level;
  }
  return layer.bias.map((bias, index) => {
    const row = layer.weights.subarray(index * input.channels, (index + 1) * input.channels);
    return row.reduce((logit, weight, channel) => logit + weight * (sums[channel] ?? 0), bias);
  });
}
