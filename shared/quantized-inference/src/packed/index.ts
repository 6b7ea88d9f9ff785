/** How the fast kernels compute a network, on whatever machine: layouts, steps, memory and packed weights. */
export { type Layout, layoutBytes, pixelBytes, rowBytes, segmentBytes } from './layout.ts';
export {
  type PackedConvolution,
  packBytes,
  packGroups,
  packPairs,
  packSixes,
  packWords,
} from './pack-packed-weights.ts';
export { packInt8, packPlanes } from './pack-weights.ts';
export { type MemoryPlan, planMemory, planStepMemory, type StepMemory } from './plan-memory.ts';
export { planSteps, type Step } from './plan-steps.ts';
export { type ConvolutionOperator, type KernelFamily, kernelFamilies, selectOperator } from './select-operator.ts';
