import { describe, expect, it } from 'vitest';
import { compareLogits, firstDivergingLayer, layerDigests } from './compare.ts';
import { fingerprint } from './digest.ts';
import { lmnetV1, randomPixels } from './testing.ts';

describe('compareLogits', () => {
  const expected = Int32Array.of(1, 2, 3, 4, 5, 6);

  it('agrees only when every bit is equal', () => {
    expect(compareLogits(expected, expected.slice(), 2)).toEqual({
      agree: true,
      images: 3,
      differingImages: 0,
      firstDifference: null,
    });
  });

  it('names the first image and class that differ', () => {
    expect(compareLogits(expected, Int32Array.of(1, 2, 3, 5, 6, 7), 2)).toEqual({
      agree: false,
      images: 3,
      differingImages: 2,
      firstDifference: { image: 1, class: 1, expected: 4, actual: 5 },
    });
  });

  it('never agrees with another number of logits', () => {
    expect(compareLogits(expected, expected.subarray(0, 4), 2)).toMatchObject({
      agree: false,
      differingImages: 3,
      firstDifference: { image: 2, class: 0, expected: 5, actual: null },
    });
    expect(compareLogits(expected, Int32Array.of(...expected, 7, 8), 2)).toMatchObject({
      agree: false,
      firstDifference: null,
    });
    expect(() => compareLogits(expected, expected, 4)).toThrow(RangeError);
  });
});

describe('layer digests', () => {
  it('are FNV-1a', () => {
    expect(fingerprint(new Uint8Array(0))).toBe('811c9dc5');
    expect(fingerprint(new TextEncoder().encode('foobar'))).toBe('bf9cf968');
  });

  it('name the layer whose weight was changed', () => {
    const model = lmnetV1({ side: 16 });
    const pixels = randomPixels(model.input, 1, 3);
    const layers = structuredClone(model.layers);
    const changed = layers[3];
    if (changed?.op !== 'convolution' || changed.weights.format !== 'bits') throw new Error('Layer 4 is binary.');
    for (let word = 0; word < 8; word++) changed.weights.words[word] = ~(changed.weights.words[word] ?? 0);
    const expected = layerDigests(model, pixels);
    expect(firstDivergingLayer(expected, layerDigests({ ...model, layers }, pixels))).toBe('layer4');
    expect(firstDivergingLayer(expected, layerDigests(model, pixels))).toBeNull();
    expect(firstDivergingLayer(expected, expected.slice(0, 2))).toBe('layer3');
  });
});
