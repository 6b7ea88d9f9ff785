import { integersAttribute, type OnnxNode, refuse, textAttribute } from '../../frontend/graph.ts';

/** A square window with equal strides and equal padding: what the kernels know. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Reads kernel_shape, strides, pads, dilations and auto_pad of a convolution or pool. */
export function squareWindow(node: OnnxNode, kernelShape: readonly number[]): Window {
  const kernel = same(node, 'kernel_shape', integersAttribute(node, 'kernel_shape', kernelShape), 2);
  const stride = same(node, 'strides', integersAttribute(node, 'strides', [1, 1]), 2);
  if (same(node, 'dilations', integersAttribute(node, 'dilations', [1, 1]), 2) !== 1) {
    throw refuse('UNSUPPORTED_ATTRIBUTE', node, 'its window is dilated', 'use dilation 1');
  }
  return { kernel, stride, padding: padding(node, kernel, stride) };
}

function padding(node: OnnxNode, kernel: number, stride: number): number {
  const automatic = textAttribute(node, 'auto_pad', 'NOTSET');
  if (automatic === 'NOTSET') return same(node, 'pads', integersAttribute(node, 'pads', [0, 0, 0, 0]), 4);
  if (automatic === 'VALID') return 0;
  if (automatic.startsWith('SAME_') && stride === 1 && kernel % 2 === 1) return (kernel - 1) / 2;
  throw refuse('UNSUPPORTED_ATTRIBUTE', node, `auto_pad ${automatic}`, 'export the model with explicit, equal pads');
}

function same(node: OnnxNode, name: string, values: readonly number[], count: number): number {
  const [first = -1] = values;
  const sound = values.length === count && values.every((value) => value === first) && first >= 0 && first <= 4096;
  if (sound) return first;
  throw refuse(
    'UNSUPPORTED_ATTRIBUTE',
    node,
    `${name} is [${values.join(', ')}]`,
    `use two spatial axes with equal values in ${name}`,
  );
}
