import { type Constant, type OnnxNode, refuse } from '../graph.ts';
import {
  checkedElements,
  gatherOffsets,
  integerList,
  normalizedAxis,
  picked,
  required,
  stridesOf,
} from './evaluator.ts';

/** Slice-10 and later on a constant: starts, ends, axes and steps are inputs. */
export function evaluateSlice(node: OnnxNode, inputs: readonly (Constant | undefined)[]): Constant {
  const data = required(node, inputs, 0);
  const starts = integerList(node, required(node, inputs, 1));
  const ends = integerList(node, required(node, inputs, 2));
  const axes = inputs[3] ? integerList(node, inputs[3]) : starts.map((_, index) => index);
  const steps = inputs[4] ? integerList(node, inputs[4]) : starts.map(() => 1);
  const dims = [...data.dims];
  const strides = stridesOf(data.dims);
  let start = 0;
  for (const [index, given] of axes.entries()) {
    const axis = normalizedAxis(node, given, dims.length);
    const length = data.dims[axis] ?? 0;
    const step = steps[index] ?? 1;
    if (!(Number.isInteger(step) && step >= 1)) {
      throw refuse('UNSUPPORTED_ATTRIBUTE', node, `a step of ${step}`, 'use positive steps');
    }
    const from = clampedIndex(starts[index] ?? 0, length);
    const to = clampedIndex(ends[index] ?? 0, length);
    dims[axis] = Math.max(0, Math.ceil((to - from) / step));
    start += from * (strides[axis] ?? 1);
    strides[axis] = (strides[axis] ?? 1) * step;
  }
  checkedElements(node, dims);
  return picked(data, dims, gatherOffsets(dims, strides, start));
}

function clampedIndex(index: number, length: number): number {
  return Math.min(Math.max(index < 0 ? index + length : index, 0), length);
}
