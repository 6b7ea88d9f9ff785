import { NetworkBuilder } from './network-builder.ts';

/** Uniform numbers in [0, 1) that repeat for a seed (mulberry32, public domain). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface LmnetSpec {
  readonly side?: number;
  readonly classes?: number;
  /** Channels relative to the full network. */
  readonly width?: number;
  readonly seed?: number;
  readonly head?: 'gemm' | 'matmul';
}

/** LmnetV1 as the trainer exports it, with random weights and normalizations (some negative, some zero gammas). */
export function lmnetV1({
  side = 16,
  classes = 3,
  width = 0.25,
  seed = 1,
  head = 'gemm',
}: LmnetSpec = {}): NetworkBuilder {
  const random = randomSource(seed);
  const channels = (count: number): number => Math.round(count * width);
  const builder = new NetworkBuilder([1, 3, side, side]);
  builder.metadata = { classes: JSON.stringify(Array.from({ length: classes }, (_, index) => `class ${index}`)) };
  builder.node('Sub', ['', builder.constant(128)]);
  const inputs = normals(random, channels(32) * 27);
  const scales = Array.from({ length: channels(32) }, () => 0.005 + random() * 0.02);
  builder.convolution(builder.quantWeights(inputs, [channels(32), 3, 3, 3], scales), 3, 1);
  normalize(builder, random, channels(32), 60);
  binaryLayer(builder, random, channels(32), channels(64), 3);
  builder.node('SpaceToDepth', [''], { blocksize: 2 });
  binaryLayer(builder, random, channels(64) * 4, channels(128), 3);
  binaryLayer(builder, random, channels(128), channels(64), 3);
  builder.node('SpaceToDepth', [''], { blocksize: 2 });
  binaryLayer(builder, random, channels(64) * 4, channels(128), 3);
  builder.node('SpaceToDepth', [''], { blocksize: 2 });
  binaryLayer(builder, random, channels(128) * 4, channels(64), 1);
  builder.node('GlobalAveragePool', ['']).node('Flatten', [''], { axis: 1 });
  return addHead(builder, random, channels(64), classes, head);
}

/** A last layer with eight-bit weights of one scale, and real-valued biases. */
export function addHead(
  builder: NetworkBuilder,
  random: () => number,
  features: number,
  classes: number,
  head: 'gemm' | 'matmul' = 'gemm',
): NetworkBuilder {
  const weights = builder.quantWeights(normals(random, classes * features), [classes, features], [0.013]);
  const bias = builder.constant(normals(random, classes));
  if (head === 'gemm') return builder.node('Gemm', ['', weights, bias], { transB: 1 });
  const transposed = builder.aside('Transpose', [weights], { perm: [1, 0] });
  return builder.node('MatMul', ['', transposed]).node('Add', ['', bias]);
}

function binaryLayer(builder: NetworkBuilder, random: () => number, from: number, to: number, kernel: number): void {
  const weights = builder.bipolarWeights(
    normals(random, to * from * kernel * kernel),
    [to, from, kernel, kernel],
    0.031,
  );
  builder.convolution(weights, kernel, (kernel - 1) / 2);
  normalize(builder, random, to, 0.03 * Math.sqrt(from * kernel * kernel));
}

/** Statistics near `spread`, so that all four levels occur; four in ten gammas are negative, some are zero. */
export function normalize(builder: NetworkBuilder, random: () => number, channels: number, spread: number): void {
  const list = (make: () => number): number[] => Array.from({ length: channels }, make);
  const gamma = list(() => (random() < 0.05 ? 0 : (0.6 + random()) * (random() < 0.4 ? -1 : 1)));
  builder.batchNormalization(
    gamma,
    list(() => 0.5 + random()),
    list(() => (random() - 0.5) * spread),
    list(() => spread * spread * (0.5 + random())),
  );
  builder.quant(2 / 3);
}

export function normals(random: () => number, count: number): number[] {
  return Array.from({ length: count }, () => (random() + random() + random() - 1.5) * 0.8);
}
