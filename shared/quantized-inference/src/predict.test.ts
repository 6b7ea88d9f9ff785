import { describe, expect, it } from 'vitest';
import { accuracyOf, argmax, predict } from './predict.ts';

describe('predict', () => {
  it('lets the first of equal logits win', () => {
    expect(argmax(Int32Array.of(-5, 7, 7, 3))).toBe(1);
    expect(argmax(Int32Array.of(-(2 ** 31), -(2 ** 31)))).toBe(0);
  });

  it('turns logits into probabilities that sum to 1 even at the ends of int32', () => {
    const { index, probabilities } = predict(Int32Array.of(2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1), 0.5);
    expect(index).toBe(0);
    expect(probabilities).toEqual([0.5, 0, 0.5]);
  });

  it('counts the images whose class is right', () => {
    expect(accuracyOf(Int32Array.of(1, 2, 4, 3, 0, 0), Uint16Array.of(1, 1, 0), 2)).toBeCloseTo(2 / 3);
    expect(() => accuracyOf(Int32Array.of(1, 2, 3), Uint16Array.of(0), 2)).toThrow(RangeError);
    expect(() => accuracyOf(new Int32Array(0), new Uint16Array(0), 2)).toThrow(RangeError);
  });
});
