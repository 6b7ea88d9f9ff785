/**
 * LmnetV1's topology for other engines, with random weights: in float32, and in int8 as ONNX Runtime's static quantization
 * writes it (QDQ format: uint8 activations, int8 weights with one scale, int32 biases; SpaceToDepth stays float).
 */
import type { ModelSpec, NodeSpec, TensorSpec } from '../../jobs/convert/src/frontend/testing/onnx-writer.ts';
import { writeOnnx } from '../../jobs/convert/src/frontend/testing/onnx-writer.ts';

export const side = 32;
export const classes = 10;

export interface FloatConvolution {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  /** OIHW. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export type FloatLayer = FloatConvolution | 'space-to-depth';

export interface FloatLmnet {
  readonly layers: readonly FloatLayer[];
  /** [classes, features]. */
  readonly head: Float32Array;
  readonly headBias: Float32Array;
}

/** Largest activation that the int8 model represents: six standard deviations of what the random weights give. */
const activationRange = 6;

/** Weights are scaled so that every layer's activations have a mean square near 1. The same on every call. */
export function floatLmnet(): FloatLmnet {
  const normal = normalSource(1);
  const convolution = (inputs: number, outputs: number, kernel: number): FloatConvolution => {
    const deviation = Math.sqrt(2 / (inputs * kernel * kernel));
    const weights = new Float32Array(outputs * inputs * kernel * kernel).map(() => normal() * deviation);
    return { inputs, outputs, kernel, weights, bias: new Float32Array(outputs).map(() => normal() * 0.1) };
  };
  return {
    layers: [
      convolution(3, 32, 3),
      convolution(32, 64, 3),
      'space-to-depth',
      convolution(256, 128, 3),
      convolution(128, 64, 3),
      'space-to-depth',
      convolution(256, 128, 3),
      'space-to-depth',
      convolution(512, 64, 1),
    ],
    head: new Float32Array(classes * 64).map(() => normal() / 8),
    headBias: new Float32Array(classes).map(() => normal() * 0.1),
  };
}

/** An image for all engines: NHWC, zero mean, mean square 1. */
export function floatImage(): Float32Array {
  const normal = normalSource(2);
  return new Float32Array(side * side * 3).map(normal);
}

/** NHWC to NCHW. */
export function channelsFirst(image: Float32Array): Float32Array {
  const pixels = side * side;
  return image.map((_, index) => image[(index % pixels) * 3 + Math.floor(index / pixels)] ?? 0);
}

export function float32Onnx(network: FloatLmnet): Uint8Array {
  return writeOnnx(new OnnxText(false).spec(network));
}

export function int8Onnx(network: FloatLmnet): Uint8Array {
  return writeOnnx(new OnnxText(true).spec(network));
}

class OnnxText {
  readonly nodes: NodeSpec[] = [];
  readonly initializers: Record<string, TensorSpec> = {};
  readonly quantized: boolean;

  constructor(quantized: boolean) {
    this.quantized = quantized;
  }

  spec({ layers, head, headBias }: FloatLmnet): ModelSpec {
    let current = this.activation('image', 8, 128);
    for (const layer of layers) {
      if (layer === 'space-to-depth') {
        current = this.activation(this.node('SpaceToDepth', [current], { blocksize: 2 }), activationRange, 0);
        continue;
      }
      const { inputs, outputs, kernel, weights, bias } = layer;
      const pad = (kernel - 1) / 2;
      const scale = current === 'image' || current.startsWith('image') ? 16 / 255 : activationRange / 255;
      const parameters = this.parameters([outputs, inputs, kernel, kernel], weights, bias, scale);
      const attributes = { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad], strides: [1, 1] };
      const sums = this.node('Conv', [current, ...parameters], attributes);
      // Quantization to uint8 with zero point 0 clips negative values, so static quantization drops the Relu.
      current = this.quantized ? this.activation(sums, activationRange, 0) : this.node('Relu', [sums]);
    }
    current = this.activation(this.node('GlobalAveragePool', [current]), activationRange, 0);
    current = this.activation(this.node('Flatten', [current], { axis: 1 }), activationRange, 0);
    const parameters = this.parameters([classes, 64], head, headBias, activationRange / 255);
    const output = this.activation(this.node('Gemm', [current, ...parameters], { transB: 1 }), 8, 128);
    const input = { name: 'image', shape: [1, 3, side, side] };
    return { nodes: this.nodes, initializers: this.initializers, input, output };
  }

  /** Quantizes and dequantizes in the int8 model; the same tensor in the float one. */
  private activation(tensor: string, range: number, zeroPoint: number): string {
    if (!this.quantized) return tensor;
    const scale = (zeroPoint === 0 ? range : 2 * range) / 255;
    const parameters = [this.constant([], [scale], 'raw'), this.constant([], [zeroPoint], 'raw-uint8')];
    const quantized = this.node('QuantizeLinear', [tensor, ...parameters]);
    return this.node('DequantizeLinear', [quantized, ...parameters], {}, `${tensor}_levels`);
  }

  /** Weights and bias, in the int8 model as int8 and int32 behind DequantizeLinear. */
  private parameters(dims: readonly number[], weights: Float32Array, bias: Float32Array, inputScale: number): string[] {
    if (!this.quantized) return [this.constant(dims, weights, 'raw'), this.constant([bias.length], bias, 'raw')];
    const scale = weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) / 127;
    const integers = Int8Array.from(weights, (weight) => Math.round(weight / scale));
    const biasScale = scale * inputScale;
    const biasIntegers = Array.from(bias, (value) => Math.round(value / biasScale));
    return [
      this.dequantized(this.constant(dims, integers, 'raw-int8'), scale, 'raw-int8'),
      this.dequantized(this.constant([bias.length], biasIntegers, 'int32_data'), biasScale, 'int32_data'),
    ];
  }

  private dequantized(tensor: string, scale: number, storage: TensorSpec['storage'] & string): string {
    const zeroPoint = this.constant([], [0], storage);
    return this.node('DequantizeLinear', [tensor, this.constant([], [scale], 'raw'), zeroPoint]);
  }

  private node(
    operator: string,
    inputs: readonly string[],
    attributes: NodeSpec['attributes'] = {},
    output = `${operator}${this.nodes.length}`,
  ): string {
    this.nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  private constant(dims: readonly number[], values: TensorSpec['values'], storage: TensorSpec['storage'] & string) {
    const name = `constant${Object.keys(this.initializers).length}`;
    this.initializers[name] = { dims, values, storage };
    return name;
  }
}

/** Standard normal numbers that repeat for a seed: a linear congruence (Numerical Recipes) and the Box-Muller transform. */
function normalSource(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
