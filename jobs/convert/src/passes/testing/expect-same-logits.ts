import { type IntegerModel, runReference } from '@dropforge/quantized-inference';
import { expect } from 'vitest';
import { convertModel } from '../../convert-model.ts';
import { readOnnx } from '../../frontend/read-onnx.ts';
import type { NetworkBuilder } from '../../frontend/testing/network-builder.ts';
import { randomSource } from '../../frontend/testing/networks.ts';
import { type FloatTensor, imageTensor, runFloatNetwork } from './float-network.ts';

/** The integer logits are the float logits in steps of the logit scale, within the rounding of the bias. */
export function expectSameLogits(builder: NetworkBuilder, images: number): IntegerModel {
  const bytes = builder.bytes();
  const model = convertModel(bytes);
  const graph = readOnnx(bytes);
  const random = randomSource(99);
  const { height, width, channels } = model.input;
  const [, second] = builder.shape;
  for (let image = 0; image < images; image++) {
    const pixels = Uint8Array.from({ length: height * width * channels }, () => Math.floor(random() * 256));
    const inOrder = [1, height, width, channels];
    const tensor: FloatTensor =
      second === channels
        ? imageTensor(pixels, height, width, channels)
        : { dims: builder.shape.length === 2 ? [1, pixels.length] : inOrder, values: Float64Array.from(pixels) };
    const expected = Array.from(runFloatNetwork(graph, tensor).values, (value) => value / model.logitScale);
    const logits = Array.from(runReference(model, pixels));
    expect(logits.length).toBe(expected.length);
    for (const [label, logit] of logits.entries()) expect(Math.abs(logit - (expected[label] ?? 0))).toBeLessThan(0.51);
    expect(new Set(logits).size).toBeGreaterThan(1);
  }
  return model;
}
