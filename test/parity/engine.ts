/** What the parity tests compare: anything that computes integer models and tells a fingerprint of each layer. */
import { firstDivergingLayer, type IntegerModel, type LayerDigest, layerDigests } from '@dropforge/quantized-inference';
import { randomPixels } from '@dropforge/quantized-inference/testing';

/** A model and the images that it is tried on. */
export interface ParityCase {
  /** For messages. */
  readonly name: string;
  readonly model: IntegerModel;
  /** uint8, one image after the other. */
  readonly images: readonly Uint8Array[];
}

export interface ParityEngine {
  readonly name: string;
  /** Or why this machine cannot run it. */
  digests(cases: readonly ParityCase[]): Promise<readonly LayerDigest[][][] | { readonly missing: string }>;
}

export function parityCase(name: string, model: IntegerModel, images: number, seed = 1): ParityCase {
  const list = Array.from({ length: images }, (_, index) => randomPixels(model.input, 1, seed + index));
  return { name, model, images: list };
}

/** What differs from the reference, one text for each image; empty when all layers of all images are equal. */
export function findDivergences(
  cases: readonly ParityCase[],
  digests: readonly (readonly (readonly LayerDigest[])[])[],
): string[] {
  return cases.flatMap(({ name, model, images }, index) =>
    images.flatMap((image, imageIndex) => {
      const layer = firstDivergingLayer(layerDigests(model, image), digests[index]?.[imageIndex] ?? []);
      return layer === null ? [] : [`${name}, image ${imageIndex}: first different in layer ${layer}`];
    }),
  );
}
