/** TensorFlow.js with its WebAssembly backend on LmnetV1's topology, in float32 (it has no int8 convolution). */
import { competitor, competitorFolder, expectedOutput } from './competitors.ts';
import { type Engine, engineOf, requireSimilar } from './engine.ts';
import { classes, type FloatConvolution, floatImage, floatLmnet, side } from './lmnet-onnx.ts';

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

/** What is used of @tensorflow/tfjs-core, whose types are only where it is installed. */
interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tidy<T>(compute: () => T): T;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  transpose(x: Tensor, permutation: readonly number[]): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  mean(x: Tensor, axes: readonly number[]): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor;
  readonly fused: {
    conv2d(options: {
      x: Tensor;
      filter: Tensor;
      strides: number;
      pad: 'same';
      bias: Tensor;
      activation: 'relu';
    }): Tensor;
  };
}

interface WasmBackend {
  setWasmPaths(folder: string): void;
  setThreadsCount(threads: number): void;
}

/** Throws when its output is not that of ONNX Runtime for the same network. */
export async function tfjsEngine(): Promise<Engine> {
  const backend = competitor<WasmBackend>('@tensorflow/tfjs-backend-wasm');
  const tf = competitor<TensorFlow>('@tensorflow/tfjs-core');
  backend.setWasmPaths(`${competitorFolder('@tensorflow/tfjs-backend-wasm')}/dist/`);
  backend.setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
  const run = network(tf);
  requireSimilar('tfjs', run(), await expectedOutput(), 0.999);
  return engineOf('tfjs', 'wasm fp32', run);
}

function network(tf: TensorFlow): () => Float32Array {
  const { layers, head, headBias } = floatLmnet();
  const parameters = layers.map((layer) => (layer === 'space-to-depth' ? undefined : convolutionOf(tf, layer)));
  const [weights, bias] = [tf.tensor(head, [classes, 64]), tf.tensor(headBias, [classes])];
  const image = tf.tensor(floatImage(), [1, side, side, 3]);
  return () => {
    const output = tf.tidy(() => {
      let [x, size, channels] = [image, side, 3];
      for (const [index, layer] of layers.entries()) {
        const filters = parameters[index];
        if (layer === 'space-to-depth') {
          x = spaceToDepth(tf, x, size, channels);
          [size, channels] = [size / 2, channels * 4];
        } else if (filters !== undefined) {
          x = tf.fused.conv2d({ x, ...filters, strides: 1, pad: 'same', activation: 'relu' });
          channels = layer.outputs;
        }
      }
      return tf.add(tf.matMul(tf.mean(x, [1, 2]), weights, false, true), bias);
    });
    const values = output.dataSync();
    output.dispose();
    return values;
  };
}

/** OIHW to the HWIO of TensorFlow. */
function convolutionOf(tf: TensorFlow, { weights, bias, inputs, outputs, kernel }: FloatConvolution) {
  const filter = tf.transpose(tf.tensor(weights, [outputs, inputs, kernel, kernel]), [2, 3, 1, 0]);
  return { filter, bias: tf.tensor(bias, [outputs]) };
}

/** ONNX's channel order. TensorFlow.js has depthToSpace alone. */
function spaceToDepth(tf: TensorFlow, x: Tensor, size: number, channels: number): Tensor {
  const half = size / 2;
  const blocks = tf.transpose(tf.reshape(x, [half, 2, half, 2, channels]), [0, 2, 1, 3, 4]);
  return tf.reshape(blocks, [1, half, half, 4 * channels]);
}
