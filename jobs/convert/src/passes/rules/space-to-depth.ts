import { integerAttribute, refuse } from '../../frontend/graph.ts';
import { gatherOffsets } from '../../frontend/operators/evaluator.ts';
import type { Rule } from '../rule.ts';

/**
 * SpaceToDepth: [1, C, H, W] to [1, C·b², H/b, W/b], output channel `(dy*b + dx)*C + c`.
 * Source: ONNX operator SpaceToDepth-13.
 */
export const spaceToDepth: Rule = {
  matches: ({ operator }) => operator === 'SpaceToDepth',
  rewrite({ node, activation }) {
    const block = integerAttribute(node, 'blocksize', 0);
    const [batch = 0, channels = 0, height = 0, width = 0] = activation.shape;
    const fits = block >= 1 && height % block === 0 && width % block === 0;
    if (activation.shape.length !== 4 || batch !== 1 || !fits) {
      throw refuse(
        'SHAPE_MISMATCH',
        node,
        `[${activation.shape.join(', ')}] does not divide into blocks of ${block}`,
        'choose an image size that every space-to-depth divides',
      );
    }
    const offsets = gatherOffsets(
      [block, block, channels, height / block, width / block],
      [width, 1, height * width, width * block, block],
    );
    return {
      ...activation,
      shape: [1, channels * block * block, height / block, width / block],
      places: offsets.map((offset) => activation.places[offset] ?? 0),
    };
  },
};
