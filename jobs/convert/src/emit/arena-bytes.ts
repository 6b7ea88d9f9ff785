import type { PlannedLayer } from '@dropforge/quantized-inference';
import { planMemory, planStepMemory } from './plan-memory.ts';
import { planSteps } from './plan-steps.ts';
import { type KernelFamily, kernelFamilies } from './select-operator.ts';

/** Working memory of one run, whichever kernels run it: all of them work in the same arena, one family at a time. */
export function arenaBytesOf(layers: readonly PlannedLayer[]): number {
  const ofFamily = (family: KernelFamily) => planStepMemory(planSteps(layers, family), layers).arenaBytes;
  return Math.max(planMemory(layers).arenaBytes, ...kernelFamilies.map(ofFamily));
}
