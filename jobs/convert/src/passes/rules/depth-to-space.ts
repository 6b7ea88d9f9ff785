import { integerAttribute, refuse, textAttribute } from '../../frontend/graph.ts';
import { gatherOffsets } from '../../frontend/operators/evaluator.ts';
import type { Rule } from '../rule.ts';

/**
 * DepthToSpace: [1, C·b², H, W] to [1, C, H·b, W·b], the inverse of SpaceToDepth; data movement that no layer does, so that
 * it converts where a space-to-depth has gone before or a fully connected layer follows.
 * Source: ONNX operator DepthToSpace-13, modes DCR and CRD.
 */
export const depthToSpace: Rule = {
  matches: ({ operator }) => operator === 'DepthToSpace',
  rewrite({ node, activation }) {
    const block = integerAttribute(node, 'blocksize', 0);
    const [batch = 0, depth = 0, height = 0, width = 0] = activation.shape;
    const channels = depth / (block * block);
    if (activation.shape.length !== 4 || batch !== 1 || !(block >= 1) || !Number.isInteger(channels)) {
      throw refuse(
        'SHAPE_MISMATCH',
        node,
        `[${activation.shape.join(', ')}] does not divide into blocks of ${block}`,
        'use a number of channels that the square of the block divides',
      );
    }
    const area = height * width;
    const columnFirst = textAttribute(node, 'mode', 'DCR') === 'CRD';
    const [ofChannel, ofRow, ofColumn] = columnFirst
      ? [block * block * area, block * area, area]
      : [area, block * channels * area, channels * area];
    const offsets = gatherOffsets([channels, height, block, width, block], [ofChannel, width, ofRow, 1, ofColumn]);
    return {
      ...activation,
      shape: [1, channels, height * block, width * block],
      places: offsets.map((offset) => activation.places[offset] ?? 0),
    };
  },
};
