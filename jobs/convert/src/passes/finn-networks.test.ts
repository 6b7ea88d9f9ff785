import type { Layer } from '@dropforge/quantized-inference';
import { describe, expect, test } from 'vitest';
import { convertModel } from '../convert-model.ts';
import { cnv, type FinnSpec, fullyConnected } from '../frontend/testing/finn-networks.ts';
import { expectSameLogits } from './testing/expect-same-logits.ts';

const precisions: readonly [string, FinnSpec][] = [
  ['w1a1', { weightBits: 1, activationBits: 1 }],
  ['w1a2', { weightBits: 1, activationBits: 2 }],
  ['w2a2', { weightBits: 2, activationBits: 2 }],
];

describe.each(precisions)('the networks of the FINN examples with %s', (_, spec) => {
  test.each([
    ['TFC', 64],
    ['SFC', 256],
  ])('%s gives the logits of the float graph', (__, hidden) => {
    const model = expectSameLogits(fullyConnected(hidden, spec), 3);
    expect(shapes(model.layers)).toEqual(['1x1 1>1', `28x28 1>${hidden}`, ...Array(2).fill(`1x1 ${hidden}>${hidden}`)]);
  });

  test('CNV of a quarter of its width gives the logits of the float graph', () => {
    expectSameLogits(cnv({ ...spec, width: 1 / 4 }), 2);
  });
});

test('CNV converts at its full width', () => {
  const model = convertModel(cnv({ weightBits: 1, activationBits: 1 }).bytes());
  expect(shapes(model.layers)).toEqual([
    ...['1x1 3>3', '3x3 3>64', '3x3 64>64', '3x3 64>128', '3x3 128>128', '3x3 128>256', '3x3 256>256'],
    ...['1x1 256>512', '1x1 512>512'],
  ]);
  // Only the layers that read eight-bit pixels have weights of a byte.
  const formats = model.layers.flatMap((layer) => (layer.op === 'convolution' ? [layer.weights.format] : []));
  expect(formats).toEqual(['int8', 'int8', ...Array(7).fill('bits')]);
});

function shapes(layers: readonly Layer[]): string[] {
  return layers.flatMap((layer) =>
    layer.op === 'convolution'
      ? [`${layer.kernel}x${layer.kernel} ${layer.inputChannels}>${layer.outputChannels}`]
      : [],
  );
}
