import type { Attribute, OnnxGraph, OnnxNode } from '../../frontend/graph.ts';

/** A tensor of the direct evaluation: NCHW (or [1, F]), float64. */
export interface FloatTensor {
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

/**
 * Evaluates a graph directly in float64, operator by operator, as its definition reads: the slow truth against which
 * the integer model is checked. Activation quantizers round ties up, which is how the integer model is defined.
 */
export function runFloatNetwork(graph: OnnxGraph, image: FloatTensor): FloatTensor {
  const tensors = new Map<string, FloatTensor>();
  for (const [name, { dims, values }] of graph.initializers) tensors.set(name, { dims, values });
  const [input] = graph.inputs;
  tensors.set(input?.name ?? '', image);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => tensors.get(name) ?? { dims: [], values: new Float64Array(0) });
    const [first = image] = inputs;
    const weights = graph.initializers.has(node.inputs[0] ?? '');
    tensors.set(node.outputs[0] ?? '', evaluate(node, first, inputs, weights));
  }
  return tensors.get(graph.outputs[0]?.name ?? '') ?? image;
}

function evaluate(node: OnnxNode, x: FloatTensor, inputs: readonly FloatTensor[], weights: boolean): FloatTensor {
  const parameter = (index: number): Float64Array => inputs[index]?.values ?? new Float64Array(1);
  switch (node.operator) {
    case 'Sub':
      return broadcast(x, parameter(1), (a, b) => a - b);
    case 'Add':
      return broadcast(x, parameter(1), (a, b) => a + b);
    case 'Mul':
      return broadcast(x, parameter(1), (a, b) => a * b);
    case 'Div':
      return broadcast(x, parameter(1), (a, b) => a / b);
    case 'Pow':
      return broadcast(x, parameter(1), (a, b) => a ** b);
    case 'Relu':
      return { ...x, values: x.values.map((value) => Math.max(value, 0)) };
    case 'Quant':
      return quant(node, x, parameter(1), parameter(3)[0] ?? 0, weights);
    case 'BipolarQuant':
      return broadcast(x, parameter(1), (a, scale) => (a >= 0 ? scale : -scale));
    case 'BatchNormalization':
      return normalization(node, x, [1, 2, 3, 4].map(parameter));
    case 'Conv':
      return convolution(node, x, inputs[1] ?? x);
    case 'MaxPool':
      return maxPool(node, x);
    case 'SpaceToDepth':
      return spaceToDepth(x, integer(node, 'blocksize'));
    case 'GlobalAveragePool':
      return globalAverage(x);
    case 'Flatten':
      return { dims: [1, x.values.length], values: x.values };
    case 'Reshape':
      return {
        dims: [...parameter(1)].map((dim) => (dim === -1 ? x.values.length / known(parameter(1)) : dim)),
        values: x.values,
      };
    case 'Transpose':
      return transpose(x, attribute(node, 'perm')?.integers ?? []);
    case 'MultiThreshold':
      return multiThreshold(node, x, inputs[1] ?? x);
    case 'Softmax':
      return x; // the logits are what is compared
    case 'MatMul':
      return matrix(x, inputs[1] ?? x, false);
    case 'Gemm':
      return broadcast(matrix(x, inputs[1] ?? x, integer(node, 'transB') === 1), parameter(2), (a, b) => a + b);
    default:
      throw new Error(`the direct evaluation has no ${node.operator}`);
  }
}

/** One value in all, one per channel (axis 1), or one per first axis of a weight tensor. */
function broadcast(x: FloatTensor, other: Float64Array, operate: (a: number, b: number) => number): FloatTensor {
  const values = x.values.map((value, index) => operate(value, other[channelOf(x, index, other.length)] ?? 0));
  return { ...x, values };
}

function channelOf(x: FloatTensor, index: number, count: number): number {
  if (count === 1) return 0;
  if (x.dims[0] === count) return Math.floor(index / (x.values.length / count));
  return Math.floor(index / (x.values.length / (x.dims[1] ?? 1))) % count;
}

function quant(node: OnnxNode, x: FloatTensor, scale: Float64Array, bits: number, weights: boolean): FloatTensor {
  const signed = integer(node, 'signed') === 1;
  const lowest = signed ? -(2 ** (bits - 1)) + integer(node, 'narrow') : 0;
  const highest = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return broadcast(x, scale, (value, step) => {
    const exact = value / step;
    const nearest = weights && exact - Math.floor(exact) === 0.5 ? 2 * Math.round(exact / 2) : Math.floor(exact + 0.5);
    return Math.min(Math.max(nearest, lowest), highest) * step;
  });
}

function normalization(node: OnnxNode, x: FloatTensor, [gamma, beta, mean, variance]: Float64Array[]): FloatTensor {
  const epsilon = attribute(node, 'epsilon')?.float ?? 1e-5;
  const values = x.values.map((value, index) => {
    const channel = channelOf(x, index, x.dims[1] ?? 1);
    const spread = Math.sqrt((variance?.[channel] ?? 0) + epsilon);
    return ((gamma?.[channel] ?? 0) * (value - (mean?.[channel] ?? 0))) / spread + (beta?.[channel] ?? 0);
  });
  return { ...x, values };
}

function convolution(node: OnnxNode, x: FloatTensor, weights: FloatTensor): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = x.dims;
  const [outputs = 1, , kernel = 1] = weights.dims;
  const pad = attribute(node, 'pads')?.integers?.[0] ?? 0;
  const stride = attribute(node, 'strides')?.integers?.[0] ?? 1;
  const rows = Math.floor((height + 2 * pad - kernel) / stride) + 1;
  const columns = Math.floor((width + 2 * pad - kernel) / stride) + 1;
  const values = new Float64Array(outputs * rows * columns);
  values.forEach((_, index) => {
    const output = Math.floor(index / (rows * columns));
    const top = Math.floor((index % (rows * columns)) / columns) * stride - pad;
    const left = (index % columns) * stride - pad;
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      for (let dy = Math.max(0, -top); dy < Math.min(kernel, height - top); dy++) {
        for (let dx = Math.max(0, -left); dx < Math.min(kernel, width - left); dx++) {
          const weight = weights.values[((output * channels + c) * kernel + dy) * kernel + dx] ?? 0;
          sum += weight * (x.values[(c * height + top + dy) * width + left + dx] ?? 0);
        }
      }
    }
    values[index] = sum;
  });
  return { dims: [1, outputs, rows, columns], values };
}

function maxPool(node: OnnxNode, x: FloatTensor): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = x.dims;
  const kernel = attribute(node, 'kernel_shape')?.integers?.[0] ?? 1;
  const stride = attribute(node, 'strides')?.integers?.[0] ?? 1;
  const rows = Math.floor((height - kernel) / stride) + 1;
  const columns = Math.floor((width - kernel) / stride) + 1;
  const values = Float64Array.from({ length: channels * rows * columns }, (_, index) => {
    const plane = Math.floor(index / (rows * columns)) * height;
    const top = Math.floor((index % (rows * columns)) / columns) * stride;
    const left = (index % columns) * stride;
    const window = Array.from({ length: kernel * kernel }, (__, tap) => {
      const row = plane + top + Math.floor(tap / kernel);
      return x.values[row * width + left + (tap % kernel)] ?? 0;
    });
    return Math.max(...window);
  });
  return { dims: [1, channels, rows, columns], values };
}

function spaceToDepth(x: FloatTensor, block: number): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = x.dims;
  const dims = [1, channels * block * block, height / block, width / block];
  const values = new Float64Array(x.values.length);
  for (const [index, value] of x.values.entries()) {
    const column = index % width;
    const row = Math.floor(index / width) % height;
    const channel = Math.floor(index / (width * height));
    const target = ((row % block) * block + (column % block)) * channels + channel;
    const position = Math.floor(row / block) * (width / block) + Math.floor(column / block);
    values[target * (height / block) * (width / block) + position] = value;
  }
  return { dims, values };
}

function globalAverage(x: FloatTensor): FloatTensor {
  const channels = x.dims[1] ?? 1;
  const area = x.values.length / channels;
  const values = Float64Array.from({ length: channels }, (_, channel) => {
    return x.values.subarray(channel * area, (channel + 1) * area).reduce((sum, value) => sum + value, 0) / area;
  });
  return { dims: [1, channels, 1, 1], values };
}

function known(shape: Float64Array): number {
  return shape.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
}

function transpose(x: FloatTensor, permutation: readonly number[]): FloatTensor {
  const dims = permutation.map((axis) => x.dims[axis] ?? 1);
  const values = x.values.map((_, index) => {
    const position = new Array<number>(dims.length).fill(0);
    let rest = index;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      position[permutation[axis] ?? 0] = rest % (dims[axis] ?? 1);
      rest = Math.floor(rest / (dims[axis] ?? 1));
    }
    return x.values[position.reduce((offset, at, axis) => offset * (x.dims[axis] ?? 1) + at, 0)] ?? 0;
  });
  return { dims, values };
}

function multiThreshold(node: OnnxNode, x: FloatTensor, { dims, values }: FloatTensor): FloatTensor {
  const [rows = 1, count = 1] = dims;
  const scale = attribute(node, 'out_scale')?.float ?? 1;
  const bias = attribute(node, 'out_bias')?.float ?? 0;
  const levels = x.values.map((value, index) => {
    const row = channelOf(x, index, rows);
    const reached = values.subarray(row * count, (row + 1) * count).filter((threshold) => value >= threshold);
    return scale * reached.length + bias;
  });
  return { ...x, values: levels };
}

function transposeMatrix({ dims: [rows = 1, columns = 1], values }: FloatTensor): FloatTensor {
  const swapped = values.map((_, index) => values[(index % rows) * columns + Math.floor(index / rows)] ?? 0);
  return { dims: [columns, rows], values: swapped };
}

function matrix(x: FloatTensor, weights: FloatTensor, transposed: boolean): FloatTensor {
  const { dims, values } = transposed ? weights : transposeMatrix(weights);
  const [outputs = 1, features = 1] = dims;
  const sums = Float64Array.from({ length: outputs }, (_, output) =>
    x.values.reduce((sum, value, feature) => sum + value * (values[output * features + feature] ?? 0), 0),
  );
  return { dims: [1, outputs], values: sums };
}

function attribute(node: OnnxNode, name: string): Attribute | undefined {
  return node.attributes.get(name);
}

function integer(node: OnnxNode, name: string): number {
  return attribute(node, name)?.integer ?? 0;
}

/** NHWC bytes as the NCHW float image that the network's input is. */
export function imageTensor(pixels: Uint8Array, height: number, width: number, channels: number): FloatTensor {
  const values = Float64Array.from({ length: pixels.length }, (_, index) => {
    const channel = Math.floor(index / (height * width));
    return pixels[(index % (height * width)) * channels + channel] ?? 0;
  });
  return { dims: [1, channels, height, width], values };
}
