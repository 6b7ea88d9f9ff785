/** Comparison of a target's outputs with the reference: bit for bit, and where they part. */
import { fingerprint } from './digest.ts';
import type { IntegerModel } from './model.ts';
import { runReference } from './reference.ts';

export interface LogitComparison {
  /** Same length and every logit equal. */
  readonly agree: boolean;
  /** Images in the expected logits. */
  readonly images: number;
  /** Images with at least one different logit; all of them when the lengths differ. */
  readonly differingImages: number;
  readonly firstDifference: LogitDifference | null;
}

export interface LogitDifference {
  readonly image: number;
  readonly class: number;
  readonly expected: number;
  /** Null where the actual logits end early. */
  readonly actual: number | null;
}

/** `expected`, `actual`: images x classes. Throws RangeError when `expected` is not a whole number of images. */
export function compareLogits(expected: Int32Array, actual: Int32Array, classes: number): LogitComparison {
  if (classes < 1 || expected.length % classes !== 0) {
    throw new RangeError(`${expected.length} expected logits are not a whole number of images of ${classes} classes.`);
  }
  const images = expected.length / classes;
  const differing = new Set<number>();
  let firstDifference: LogitDifference | null = null;
  for (const [index, logit] of expected.entries()) {
    if (actual[index] === logit) continue;
    const image = Math.floor(index / classes);
    differing.add(image);
    firstDifference ??= { image, class: index % classes, expected: logit, actual: actual[index] ?? null };
  }
  const sameLength = actual.length === expected.length;
  return {
    agree: sameLength && differing.size === 0,
    images,
    differingImages: sameLength ? differing.size : images,
    firstDifference,
  };
}

export interface LayerDigest {
  readonly layer: string;
  /** Fingerprint of the layer's levels, NHWC; of the head's logits as little-endian int32. */
  readonly digest: string;
}

/** The reference's fingerprint of every layer for one image. */
export function layerDigests(model: IntegerModel, pixels: Uint8Array): LayerDigest[] {
  const digests: LayerDigest[] = [];
  const logits = runReference(model, pixels, {
    onLayer: (layer, { values }) => digests.push({ layer, digest: fingerprint(new Uint8Array(values)) }),
  });
  const bytes = new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength);
  digests.push({ layer: model.layers.at(-1)?.name ?? '', digest: fingerprint(bytes) });
  return digests;
}

/** Name of the first layer whose fingerprint differs or is missing; null when all agree. */
export function firstDivergingLayer(expected: readonly LayerDigest[], actual: readonly LayerDigest[]): string | null {
  const index = expected.findIndex(
    ({ layer, digest }, i) => actual[i]?.layer !== layer || actual[i]?.digest !== digest,
  );
  return expected[index]?.layer ?? null;
}
