import { positiveScale } from '../../frontend/operators/quantizer.ts';
import { plainMeaning } from '../activation.ts';
import { perChannel } from '../per-channel.ts';
import { quantize } from '../quantize.ts';
import { constantInput, type Rule } from '../rule.ts';

/** BipolarQuant of an activation: `scale * sign(x)` with sign(0) = +1; level 0 stands for -scale, level 1 for +scale. */
export const bipolarQuant: Rule = {
  matches: ({ operator, position }) => operator === 'quantizer.BipolarQuant' && position === 0,
  rewrite(step, layers) {
    const { node, activation } = step;
    const scale = perChannel(node, activation, positiveScale(node, constantInput(step, 1)));
    const cuts = Array.from(scale, (d) => ({ step: d, cuts: [{ at: 0, inclusive: true }] }));
    const meaning = plainMeaning(scale.length, 0, 0);
    for (const [channel, d] of scale.entries()) {
      meaning.scale[channel] = 2 * d;
      meaning.offset[channel] = -d;
    }
    return quantize(node, activation, cuts, meaning, layers);
  },
};
