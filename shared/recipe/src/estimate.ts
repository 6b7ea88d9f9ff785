import type { ResolvedBudget } from './resolved-recipe.ts';
import type { Size } from './schema.ts';

/** Measured: a training step of the full network in float32 on two cores takes 142 ms for 64 images of 32 x 32 pixels. */
const SECONDS_PER_IMAGE = 0.142 / 64;
/** Measured: half the channels take 0.29 of the time, and 0.5^1.77 = 0.29. */
const WIDTH_EXPONENT = 1.77;
/** Saved for the backward pass, per pixel of input at full width: three float32 tensors of 276 channels. */
const BYTES_PER_PIXEL = 3 * 4 * 276;

/** Seconds of training on two cores without bfloat16, rounded up; other machines differ by several times. */
export function estimateSeconds(work: {
  budget: ResolvedBudget;
  trainImages: number;
  imageSize: Size;
  width: number;
}): number {
  if ('seconds' in work.budget) return work.budget.seconds;
  const pixels = (work.imageSize.height * work.imageSize.width) / 1024;
  return Math.ceil(work.budget.epochs * work.trainImages * pixels * work.width ** WIDTH_EXPONENT * SECONDS_PER_IMAGE);
}

/** Bytes of activations that one training step holds. */
export function estimateStepBytes(batchSize: number, { height, width }: Size, networkWidth: number): number {
  return batchSize * height * width * networkWidth * BYTES_PER_PIXEL;
}
