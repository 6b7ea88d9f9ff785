import { describe, expect, test } from 'vitest';
import { convertModel } from './convert-model.ts';
import { lmnetV1 } from './frontend/testing/networks.ts';
import { expectSameLogits } from './passes/testing/expect-same-logits.ts';

describe('converting a network of the trainer', () => {
  test('gives the layers of LmnetV1 in order', () => {
    const model = convertModel(lmnetV1().bytes());
    expect(model.layers.map(({ op }) => op)).toEqual([
      'convolution',
      'convolution',
      'space-to-depth',
      'convolution',
      'convolution',
      'space-to-depth',
      'convolution',
      'space-to-depth',
      'convolution',
      'head',
    ]);
    expect(model.classes).toEqual(['class 0', 'class 1', 'class 2']);
  });

  test.each(['gemm', 'matmul'] as const)('computes the logits of the float graph with a %s head', (head) => {
    expectSameLogits(lmnetV1({ head, seed: 7 }), 4);
  });
});
