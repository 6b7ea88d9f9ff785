import { NetworkBuilder } from './network-builder.ts';
import { normals, randomSource } from './networks.ts';

export interface FinnSpec {
  readonly weightBits: 1 | 2;
  readonly activationBits: 1 | 2;
  readonly seed?: number;
  /** Channels and features relative to the published network. */
  readonly width?: number;
}

/**
 * The fully connected networks of FINN's examples by their topology: 28 x 28 grey pixels, flattened and quantized, three
 * hidden layers (64 features in TFC, 256 in SFC, 1024 in LFC), a last layer with one scale and a normalization over all.
 * Source: Umuroglu et al., FINN (FPGA 2017), and https://github.com/Xilinx/brevitas/tree/master/src/brevitas_examples/bnn_pynq
 */
export function fullyConnected(hidden: number, spec: FinnSpec): NetworkBuilder {
  const random = randomSource(spec.seed ?? 1);
  const builder = new NetworkBuilder([1, 1, 28, 28]);
  builder.node('Div', ['', builder.constant(255)]);
  builder.node('Reshape', ['', builder.constant([1, -1], [2], 'int64_data')]);
  builder.node('Mul', ['', builder.constant(2)]).node('Sub', ['', builder.constant(1)]);
  activation(builder, spec.activationBits);
  let features = 28 * 28;
  for (const outputs of [hidden, hidden, hidden]) {
    dense(builder, random, spec, features, outputs);
    normalized(builder, random, outputs, Math.sqrt(features) * 0.5);
    activation(builder, spec.activationBits);
    features = outputs;
  }
  dense(builder, random, spec, features, 10);
  return tensorNorm(builder);
}

/**
 * CNV of FINN's examples: 3 x 3 convolutions without padding, two and two with max pooling behind the first two pairs, then
 * three fully connected layers on one pixel.
 */
export function cnv(spec: FinnSpec): NetworkBuilder {
  const random = randomSource(spec.seed ?? 1);
  const width = (channels: number): number => Math.round(channels * (spec.width ?? 1));
  const builder = new NetworkBuilder([1, 3, 32, 32]);
  builder.node('Div', ['', builder.constant(255)]);
  builder.node('Mul', ['', builder.constant(2)]).node('Sub', ['', builder.constant(1)]);
  builder.quant(1 / 128, 8, 1);
  let channels = 3;
  for (const [index, outputs] of [64, 64, 128, 128, 256, 256].map(width).entries()) {
    const dims = [outputs, channels, 3, 3];
    builder.convolution(weights(builder, random, spec, dims), 3, 0);
    normalized(builder, random, outputs, Math.sqrt(channels * 9) * 0.5);
    activation(builder, spec.activationBits);
    if (index % 2 === 1 && index < 5) builder.node('MaxPool', [''], { kernel_shape: [2, 2], strides: [2, 2] });
    channels = outputs;
  }
  builder.node('Reshape', ['', builder.constant([1, -1], [2], 'int64_data')]);
  for (const outputs of [width(512), width(512)]) {
    dense(builder, random, spec, channels, outputs);
    normalized(builder, random, outputs, Math.sqrt(channels) * 0.5);
    activation(builder, spec.activationBits);
    channels = outputs;
  }
  dense(builder, random, spec, channels, 10);
  return tensorNorm(builder);
}

function weights(builder: NetworkBuilder, random: () => number, { weightBits }: FinnSpec, dims: number[]): string {
  const values = normals(
    random,
    dims.reduce((product, dim) => product * dim, 1),
  );
  return weightBits === 1 ? builder.bipolarWeights(values, dims, 0.5) : builder.quantWeights(values, dims, [0.5], 2);
}

function dense(builder: NetworkBuilder, random: () => number, spec: FinnSpec, from: number, to: number): void {
  const transposed = builder.aside('Transpose', [weights(builder, random, spec, [to, from])], { perm: [1, 0] });
  builder.node('MatMul', ['', transposed]);
}

function normalized(builder: NetworkBuilder, random: () => number, channels: number, spread: number): void {
  const list = (make: () => number): number[] => Array.from({ length: channels }, make);
  builder.batchNormalization(
    list(() => 0.5 + random()),
    list(() => random() - 0.5),
    list(() => (random() - 0.5) * spread),
    list(() => spread * spread * (0.5 + random())),
  );
}

function activation(builder: NetworkBuilder, bits: number): void {
  if (bits === 1) builder.node('BipolarQuant', ['', builder.constant(1)], {}, builder.domain);
  else builder.quant(0.5, bits, 1, 1);
}

/** One normalization over all logits, spelled out. */
function tensorNorm(builder: NetworkBuilder): NetworkBuilder {
  const spread = builder.aside('Add', [builder.constant(91.7), builder.constant(1e-4)]);
  const deviation = builder.aside('Pow', [spread, builder.constant(0.5)]);
  return builder
    .node('Sub', ['', builder.constant(0.37)])
    .node('Div', ['', deviation])
    .node('Mul', ['', builder.constant(1.3)])
    .node('Add', ['', builder.constant(-0.2)]);
}
