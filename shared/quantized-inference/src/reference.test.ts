import { describe, expect, it } from 'vitest';
import { runReference, runReferenceBatch } from './reference.ts';
import { lmnetV1, randomPixels } from './testing.ts';

const model = lmnetV1({ side: 16, classes: 4 });

describe('runReference', () => {
  it('shows every layer but the head, with levels within the activation bits', () => {
    const seen: string[] = [];
    const logits = runReference(model, randomPixels(model.input, 1, 1), {
      onLayer: (name, { values }) => {
        seen.push(name);
        expect(Math.max(...values)).toBeLessThanOrEqual(3);
      },
    });
    expect(seen).toEqual(model.layers.slice(0, -1).map(({ name }) => name));
    expect(logits).toHaveLength(4);
  });

  it('gives each image of a batch the logits that it has alone', () => {
    const images = randomPixels(model.input, 3, 2);
    const imageBytes = images.length / 3;
    const alone = [0, 1, 2].flatMap((i) => [
      ...runReference(model, images.subarray(i * imageBytes, (i + 1) * imageBytes)),
    ]);
    expect([...runReferenceBatch(model, images)]).toEqual(alone);
    expect(new Set(alone).size).toBeGreaterThan(4);
  });

  it('refuses an image of another size', () => {
    expect(() => runReference(model, new Uint8Array(5))).toThrow('16x16x3 needs 768');
    expect(() => runReferenceBatch(model, new Uint8Array(769))).toThrow('whole number of images');
  });

  it('pads with grey: on a grey image the first layer gives the border the levels of the middle', () => {
    const borders: string[] = [];
    runReference(model, new Uint8Array(768).fill(128), {
      onLayer: (name, { values, channels }) => {
        if (name !== 'layer1') return;
        for (let first = 0; first < values.length; first += channels) {
          borders.push(values.subarray(first, first + channels).join());
        }
      },
    });
    expect(borders).toHaveLength(256);
    expect(new Set(borders).size).toBe(1);
  });
});
