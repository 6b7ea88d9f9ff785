import type { OnnxNode } from '../../frontend/graph.ts';
import { type FloatTensor, integer, integers } from './float-tensor.ts';

/** Conv of an NCHW image, square windows, equal pads, groups. */
export function floatConvolution(node: OnnxNode, x: FloatTensor, weights: FloatTensor): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = x.dims;
  const [outputs = 1, inputs = 1, kernel = 1] = weights.dims;
  const pad = integers(node, 'pads', [0])[0] ?? 0;
  const stride = integers(node, 'strides', [1])[0] ?? 1;
  const rows = Math.floor((height + 2 * pad - kernel) / stride) + 1;
  const columns = Math.floor((width + 2 * pad - kernel) / stride) + 1;
  const groupOutputs = outputs / (channels / inputs);
  const values = new Float64Array(outputs * rows * columns);
  values.forEach((_, index) => {
    const output = Math.floor(index / (rows * columns));
    const first = Math.floor(output / groupOutputs) * inputs;
    const top = Math.floor((index % (rows * columns)) / columns) * stride - pad;
    const left = (index % columns) * stride - pad;
    let sum = 0;
    for (let c = 0; c < inputs; c++) {
      for (let dy = Math.max(0, -top); dy < Math.min(kernel, height - top); dy++) {
        for (let dx = Math.max(0, -left); dx < Math.min(kernel, width - left); dx++) {
          const weight = weights.values[((output * inputs + c) * kernel + dy) * kernel + dx] ?? 0;
          sum += weight * (x.values[((first + c) * height + top + dy) * width + left + dx] ?? 0);
        }
      }
    }
    values[index] = sum;
  });
  return { dims: [1, outputs, rows, columns], values };
}

/** MaxPool, AveragePool and the global pools: `combine` of each window of each channel. */
export function floatPool(node: OnnxNode, x: FloatTensor, combine: (window: number[]) => number): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = x.dims;
  const [kernelRows = height, kernelColumns = width] = integers(node, 'kernel_shape', [height, width]);
  const stride = integers(node, 'strides', [1])[0] ?? 1;
  const rows = Math.floor((height - kernelRows) / stride) + 1;
  const columns = Math.floor((width - kernelColumns) / stride) + 1;
  const values = Float64Array.from({ length: channels * rows * columns }, (_, index) => {
    const plane = Math.floor(index / (rows * columns)) * height;
    const top = Math.floor((index % (rows * columns)) / columns) * stride;
    const left = (index % columns) * stride;
    const window = Array.from({ length: kernelRows * kernelColumns }, (__, tap) => {
      const row = plane + top + Math.floor(tap / kernelColumns);
      return x.values[row * width + left + (tap % kernelColumns)] ?? 0;
    });
    return combine(window);
  });
  return { dims: [1, channels, rows, columns], values };
}

export function mean(window: readonly number[]): number {
  return window.reduce((sum, value) => sum + value, 0) / window.length;
}

export function floatSpaceToDepth(node: OnnxNode, x: FloatTensor): FloatTensor {
  const block = integer(node, 'blocksize');
  const [, channels = 1, height = 1, width = 1] = x.dims;
  const [rows, columns] = [height / block, width / block];
  const values = new Float64Array(x.values.length);
  for (const [index, value] of x.values.entries()) {
    const column = index % width;
    const row = Math.floor(index / width) % height;
    const channel = Math.floor(index / (width * height));
    const target = ((row % block) * block + (column % block)) * channels + channel;
    values[target * rows * columns + Math.floor(row / block) * columns + Math.floor(column / block)] = value;
  }
  return { dims: [1, channels * block * block, rows, columns], values };
}

export function floatDepthToSpace(node: OnnxNode, x: FloatTensor): FloatTensor {
  const block = integer(node, 'blocksize');
  const [, depth = 1, height = 1, width = 1] = x.dims;
  const channels = depth / (block * block);
  const crd = node.attributes.get('mode')?.text === 'CRD';
  const values = new Float64Array(x.values.length);
  for (const index of values.keys()) {
    const column = index % (width * block);
    const row = Math.floor(index / (width * block)) % (height * block);
    const channel = Math.floor(index / (width * height * block * block));
    const slot = (row % block) * block + (column % block);
    const source = crd ? channel * block * block + slot : slot * channels + channel;
    values[index] = x.values[(source * height + Math.floor(row / block)) * width + Math.floor(column / block)] ?? 0;
  }
  return { dims: [1, channels, height * block, width * block], values };
}
