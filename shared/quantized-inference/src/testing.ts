/** Models and images for tests: random but repeatable, and valid by construction. */
export { lmnetV1 } from './testing/lmnet-v1.ts';
export { type ModelPlan, modelFromPlan } from './testing/model-from-plan.ts';
export { randomModel } from './testing/random-model.ts';
export { randomPixels, randomSource } from './testing/random-source.ts';
