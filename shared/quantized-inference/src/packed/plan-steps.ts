/**
 * What one family of fast kernels does for a network. Each convolution writes what the next one reads: its format, its
 * border, and a space-to-depth in between as addresses. Only where another operator comes between is there a step that packs.
 */
import type { ConvolutionLayer } from '../model.ts';
import type { PlannedLayer } from '../plan-layers.ts';
import { type Layout, plainLayout } from './layout.ts';
import { type KernelFamily, type PackedKernel, selectPackedKernel } from './select-operator.ts';

export type Step =
  | { readonly kind: 'pack'; readonly output: Layout }
  | {
      readonly kind: 'convolution';
      /** Index of the layer. */
      readonly layer: number;
      readonly kernel: Exclude<PackedKernel, 'portable'>;
      readonly input: Layout;
      readonly output: Layout;
    }
  /** By the portable operator, on plain levels. */
  | { readonly kind: 'portable'; readonly layer: number; readonly output: Layout };

/** `layers`: from the first one to the head. */
export function planSteps(layers: readonly PlannedLayer[], family: KernelFamily): Step[] {
  const steps: Step[] = [];
  const kernels = layers.map(({ layer }, index) => kernelOf(layers[index], layer, family));
  let current: Layout | null = null;
  for (let index = 0; index < layers.length; index++) {
    const { layer, input, output } = layers[index] as PlannedLayer; // within the bounds
    const kernel = kernels[index] ?? 'portable';
    if (layer.op !== 'convolution' || kernel === 'portable') {
      current = plainLayout(output);
      steps.push({ kind: 'portable', layer: index, output: current });
      continue;
    }
    const wanted = { ...plainLayout(input), ...needsOf(layers[index], layer, kernel) };
    // Pixels are packed in any case: a kernel may read a few bytes beyond, which the caller's image does not have.
    if (current === null || !isReadBy(current, wanted)) {
      current = wanted;
      steps.push({ kind: 'pack', output: current });
    }
    const next = layers[index + 1]?.layer;
    const block = next?.op === 'space-to-depth' ? next.block : 1;
    const reader = next?.op === 'space-to-depth' ? index + 2 : index + 1;
    const written: Layout = { ...plainLayout(output, block), ...needsOfReader(layers[reader], kernels[reader]) };
    steps.push({ kind: 'convolution', layer: index, kernel, input: current, output: written });
    current = written;
    if (next?.op === 'space-to-depth') index++;
  }
  return steps;
}

function kernelOf(planned: PlannedLayer | undefined, layer: PlannedLayer['layer'], family: KernelFamily): PackedKernel {
  return planned !== undefined && layer.op === 'convolution' ? selectPackedKernel(planned, layer, family) : 'portable';
}

type Needs = Pick<Layout, 'format' | 'bits' | 'border' | 'borderLevel'>;

function needsOfReader(planned: PlannedLayer | undefined, kernel: PackedKernel | undefined): Partial<Needs> {
  if (planned?.layer.op !== 'convolution' || kernel === undefined || kernel === 'portable') return {};
  return needsOf(planned, planned.layer, kernel);
}

function needsOf(
  planned: PlannedLayer | undefined,
  { padding, paddingLevel }: ConvolutionLayer,
  kernel: Exclude<PackedKernel, 'portable'>,
): Needs {
  const isPixels = planned?.inputBits === null;
  // Kernels read pixels as bytes: 128 is what padding of 0 means after the zero point.
  const borderLevel = padding === 0 ? 0 : isPixels ? 128 : paddingLevel;
  const format = kernel === 'bytes' ? 'levels' : kernel;
  return { format, bits: isPixels ? 8 : (planned?.inputBits ?? 8), border: padding, borderLevel };
}

function isReadBy(current: Layout, { format, border, borderLevel }: Layout): boolean {
  return current.format === format && current.border === border && current.borderLevel === borderLevel;
}
