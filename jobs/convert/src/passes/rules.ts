import type { Rule } from './rule.ts';
import { affine } from './rules/affine.ts';
import { averagePool } from './rules/average-pool.ts';
import { batchNormalization } from './rules/batch-normalization.ts';
import { bipolarQuant } from './rules/bipolar-quant.ts';
import { clamp } from './rules/clamp.ts';
import { convolution } from './rules/convolution.ts';
import { dense } from './rules/dense.ts';
import { depthToSpace } from './rules/depth-to-space.ts';
import { identity } from './rules/identity.ts';
import { maxPool } from './rules/max-pool.ts';
import { multiThreshold } from './rules/multi-threshold.ts';
import { pad } from './rules/pad.ts';
import { quant } from './rules/quant.ts';
import { reshape } from './rules/reshape.ts';
import { softmax } from './rules/softmax.ts';
import { spaceToDepth } from './rules/space-to-depth.ts';
import { transpose } from './rules/transpose.ts';
import { trunc } from './rules/trunc.ts';

/** Every operator that may read an activation. */
export const rules: readonly Rule[] = [
  affine,
  averagePool,
  batchNormalization,
  bipolarQuant,
  clamp,
  convolution,
  dense,
  depthToSpace,
  identity,
  maxPool,
  multiThreshold,
  pad,
  quant,
  reshape,
  softmax,
  spaceToDepth,
  transpose,
  trunc,
];
