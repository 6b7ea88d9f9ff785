import { expect } from 'vitest';
import { convertModel } from '../../convert-model.ts';
import { ConversionError, type ConversionErrorCode } from '../../frontend/conversion-error.ts';
import { NetworkBuilder } from '../../frontend/testing/network-builder.ts';
import { addHead, normals, randomSource } from '../../frontend/testing/networks.ts';

/** Adds nodes; what it returns does not matter. */
export type Build = (builder: NetworkBuilder) => unknown;

export const random = randomSource(2);
export const firstWeights = (builder: NetworkBuilder): string =>
  builder.quantWeights(normals(random, 108), [4, 3, 3, 3], [0.02]);
export const centred: Build = (builder) => builder.node('Sub', ['', builder.constant(128)]);
export const first: Build = (builder) => {
  centred(builder);
  builder.convolution(firstWeights(builder), 3, 1);
};
export const quantized: Build = (builder) => {
  first(builder);
  builder.quant(1);
};
export const finished: Build = (builder) => {
  builder.node('GlobalAveragePool', ['']).node('Flatten', ['']);
  addHead(builder, random, 4, 2);
};
export const convolve = (builder: NetworkBuilder, attributes: Record<string, number | string | number[]>): void => {
  const weights = builder.bipolarWeights(normals(random, 4 * 4 * 9), [4, 4, 3, 3]);
  builder.node('Conv', ['', weights], { kernel_shape: [3, 3], ...attributes });
  builder.quant(1);
};

/** Converts and returns the refusal; a network that converts fails the test. */
export function refusalOf(builder: NetworkBuilder): ConversionError {
  try {
    convertModel(builder.bytes());
  } catch (error) {
    if (error instanceof ConversionError) return error;
    throw error;
  }
  throw new Error('the network was converted');
}

/** Builds, finishes with a sound head, and expects a refusal that names a node of the network. */
export function expectRefusal(build: Build, code: ConversionErrorCode, operator: string): void {
  const builder = new NetworkBuilder([1, 3, 8, 8]);
  build(builder);
  finished(builder);
  const error = refusalOf(builder);
  expect([error.code, error.operator]).toEqual([code, operator]);
  expect(builder.nodes.map(({ output }) => output)).toContain(error.node);
  expect(error.message).toContain(error.node);
}
