import type { PlannedLayer } from '@dropforge/quantized-inference';
import {
  type KernelFamily,
  kernelFamilies,
  planMemory,
  planStepMemory,
  planSteps,
} from '@dropforge/quantized-inference/packed';

/** Working memory of one run, whichever kernels run it: all of them work in the same arena, one family at a time. */
export function arenaBytesOf(layers: readonly PlannedLayer[]): number {
  const ofFamily = (family: KernelFamily) => planStepMemory(planSteps(layers, family), layers).arenaBytes;
  return Math.max(planMemory(layers).arenaBytes, ...kernelFamilies.map(ofFamily));
}
