/** The reference executor: what a model computes, in plain TypeScript. Every other backend is compared with it. */
import type { IntegerModel } from './model.ts';
import { averagePool } from './operators/average-pool.ts';
import { convolution } from './operators/convolution.ts';
import { head } from './operators/head.ts';
import { maxPool } from './operators/max-pool.ts';
import { spaceToDepth } from './operators/space-to-depth.ts';
import { planLayers } from './plan-layers.ts';
import type { Tensor } from './tensor.ts';

export interface ReferenceOptions {
  /** Called after each layer but the head with the layer's name and its levels. */
  readonly onLayer?: (name: string, output: Tensor) => void;
}

/**
 * Runs one image. `pixels`: uint8 height x width x channels, the size that `model.input` names; the model is one that
 * `readModel` or `checkModel` accepted. Returns one int32 logit per class. Throws RangeError for another number of pixels.
 */
export function runReference(model: IntegerModel, pixels: Uint8Array, options: ReferenceOptions = {}): Int32Array {
  const { height, width, channels, zeroPoint } = model.input;
  if (pixels.length !== height * width * channels) {
    throw new RangeError(
      `The image has ${pixels.length} bytes; ${height}x${width}x${channels} needs ${height * width * channels}.`,
    );
  }
  let tensor: Tensor = { height, width, channels, values: Int8Array.from(pixels, (pixel) => pixel - zeroPoint) };
  for (const { layer, inputBits } of planLayers(model)) {
    switch (layer.op) {
      case 'convolution':
        tensor = convolution(layer, tensor, inputBits);
        break;
      case 'space-to-depth':
        tensor = spaceToDepth(layer, tensor);
        break;
      case 'max-pool':
        tensor = maxPool(layer, tensor);
        break;
      case 'average-pool':
        tensor = averagePool(layer, tensor);
        break;
      case 'head':
        return head(layer, tensor);
    }
    options.onLayer?.(layer.name, tensor);
  }
  throw new RangeError('The model ends without a head.');
}

/** Runs a batch of images that lie one after the other. Returns images x classes logits. */
export function runReferenceBatch(model: IntegerModel, images: Uint8Array): Int32Array {
  const imageBytes = model.input.height * model.input.width * model.input.channels;
  if (images.length % imageBytes !== 0) {
    throw new RangeError(`${images.length} bytes are not a whole number of images of ${imageBytes} bytes.`);
  }
  const logits = new Int32Array((images.length / imageBytes) * model.classes.length);
  for (let image = 0; image * imageBytes < images.length; image++) {
    const pixels = images.subarray(image * imageBytes, (image + 1) * imageBytes);
    logits.set(runReference(model, pixels), image * model.classes.length);
  }
  return logits;
}
