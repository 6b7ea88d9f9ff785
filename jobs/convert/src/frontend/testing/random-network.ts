import { NetworkBuilder } from './network-builder.ts';
import { addHead, normals, randomSource } from './networks.ts';

/** What the builder's current tensor holds; `spread`: about its root mean square. */
interface State {
  readonly builder: NetworkBuilder;
  readonly random: () => number;
  channels: number;
  side: number;
  spread: number;
}

/**
 * A small network of the kinds that exporters of quantized training write, with random weights: any input scaling,
 * weights of 1 to 8 bits, activations of 1 to 8 bits, signed, unsigned and bipolar, pools and averages in any place that
 * converts, depthwise layers, hidden fully connected layers. The same seed gives the same network.
 */
export function randomNetwork(seed: number): NetworkBuilder {
  const random = randomSource(seed);
  const channels = random() < 0.3 ? 1 : 3;
  const side = 6 + Math.floor(random() * 7);
  const state: State = { builder: new NetworkBuilder([1, channels, side, side]), random, channels, side, spread: 74 };
  scaleInput(state);
  const depth = 1 + Math.floor(random() * 3);
  for (let layer = 0; layer < depth; layer++) {
    addConvolution(state, layer > 0);
    addActivation(state);
    addMovement(state);
  }
  return addEnd(state);
}

function pick<T>(random: () => number, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

function scaleInput(state: State): void {
  const { builder, random } = state;
  const scaled = (): NetworkBuilder => builder.node('Div', ['', builder.constant(255)]);
  const choices: (() => void)[] = [
    () => builder.node('Sub', ['', builder.constant(128)]),
    () => {
      scaled();
      state.spread = 0.6;
    },
    // The scaling of FINN's examples, and an input quantizer whose steps are not those of the pixels.
    () => {
      scaled()
        .node('Mul', ['', builder.constant(2)])
        .node('Sub', ['', builder.constant(1)])
        .quant(1 / 128, 8, 1);
      state.spread = 0.6;
    },
    () => {
      scaled().node('Sub', ['', builder.constant(normals(random, state.channels), [1, state.channels, 1, 1])]);
      builder.quant(0.11, pick(random, [2, 3, 4, 6]), 1);
      state.spread = 0.6;
    },
    () => {
      builder.node('Sub', ['', builder.constant(120)]);
      builder.node('BipolarQuant', ['', builder.constant(0.5)], {}, builder.domain);
      state.spread = 0.5;
    },
  ];
  pick(random, choices as [() => void])();
}

function addConvolution(state: State, mayGroup: boolean): void {
  const { builder, random, channels } = state;
  const kernel = Math.min(state.side, pick(random, [1, 2, 3, 3]));
  const padded = kernel === 3 && random() < 0.5;
  // The pixels of `Div 255, Mul 2, Sub 1` have none that is 0; what reads them pads nothing.
  const padding = padded && (mayGroup || state.spread !== 0.6) ? 1 : 0;
  const stride = state.side > 6 ? pick(random, [1, 1, 2]) : 1;
  const depthwise = mayGroup && random() < 0.25;
  const outputs = depthwise ? channels : 2 + Math.floor(random() * 9);
  const dims = [outputs, depthwise ? 1 : channels, kernel, kernel];
  const taps = (dims[1] ?? 1) * kernel * kernel;
  builder.node('Conv', ['', randomWeights(state, dims)], {
    kernel_shape: [kernel, kernel],
    pads: [padding, padding, padding, padding],
    strides: [stride, stride],
    group: depthwise ? channels : 1,
  });
  state.side = Math.floor((state.side + 2 * padding - kernel) / stride) + 1;
  state.channels = outputs;
  state.spread *= 0.4 * Math.sqrt(taps);
}

function randomWeights({ builder, random }: State, dims: readonly number[]): string {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = normals(random, count);
  const bits = pick(random, [1, 1, 2, 3, 4, 8]);
  if (bits === 1) return builder.bipolarWeights(values, dims, 0.4);
  const step = 1 / 2 ** (bits - 1);
  const perTensor = random() < 0.5;
  const scales = perTensor ? [step] : Array.from({ length: dims[0] ?? 1 }, () => step * (0.5 + random()));
  return builder.quantWeights(values, dims, scales, bits);
}

function addActivation(state: State): void {
  const { builder, random, channels, spread } = state;
  const list = (make: () => number): number[] => Array.from({ length: channels }, make);
  builder.batchNormalization(
    list(() => (random() < 0.1 ? 0 : (0.5 + random()) * (random() < 0.3 ? -1 : 1))),
    list(() => random() - 0.3),
    list(() => (random() - 0.5) * spread),
    list(() => spread * spread * (0.5 + random())),
  );
  if (random() < 0.3) builder.node('Relu', ['']);
  if (random() < 0.2) builder.node('Clip', ['', builder.constant(-1), builder.constant(1)]);
  quantize(state, 1);
}

/** `range`: about the largest value that occurs. */
function quantize(state: State, range: number): void {
  const { builder, random } = state;
  const bits = pick(random, [1, 2, 2, 3, 4, 6, 8]);
  const kind = pick(random, ['unsigned', 'unsigned', 'signed', 'narrow', 'bipolar', 'thresholds'] as const);
  state.spread = range / 2;
  if (kind === 'bipolar') {
    builder.node('BipolarQuant', ['', builder.constant(range / 2)], {}, builder.domain);
  } else if (kind === 'thresholds') {
    const thresholds = normals(random, 7).map((value) => value * range);
    builder.node(
      'MultiThreshold',
      [
        '',
        builder.constant(
          thresholds.sort((a, b) => a - b),
          [1, 7],
        ),
      ],
      { out_scale: { float: range / 4 }, out_bias: { float: -range / 2 } },
      builder.domain,
    );
  } else {
    const signed = kind !== 'unsigned' && bits > 1;
    const step = (range * (signed ? 2 : 1)) / 2 ** bits;
    const modes = ['ROUND', 'HALF_EVEN', 'FLOOR', 'CEIL', 'UP', 'DOWN', 'HALF_UP', 'HALF_DOWN'] as const;
    const inputs = [
      '',
      builder.constant(step),
      builder.constant(signed ? 0 : pick(random, [0, 0, 1])),
      builder.constant(bits),
    ];
    const attributes = {
      signed: Number(signed),
      narrow: Number(kind === 'narrow' && bits > 1),
      rounding_mode: pick(random, modes),
    };
    builder.node('Quant', inputs, attributes, builder.domain);
  }
}

function addMovement(state: State): void {
  const { builder, random } = state;
  if (state.side < 2) return;
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  const halve = (): void => {
    state.side = Math.floor(state.side / 2);
  };
  const choices: (() => void)[] = [
    () => undefined,
    () => {
      builder.node('MaxPool', [''], window);
      halve();
    },
    () => {
      builder.node('AveragePool', [''], window);
      halve();
    },
    () => {
      builder.node('AveragePool', [''], window);
      halve();
      quantize(state, 1);
    },
    () => {
      if (state.side % 2 !== 0) return;
      builder.node('SpaceToDepth', [''], { blocksize: 2 });
      state.channels *= 4;
      halve();
    },
  ];
  pick(random, choices as [() => void])();
}

function addEnd(state: State): NetworkBuilder {
  const { builder, random } = state;
  const pooled = random() < 0.5;
  if (pooled) {
    builder.node('GlobalAveragePool', ['']);
    state.side = 1;
    if (random() < 0.3) quantize(state, 1);
  }
  builder.node('Flatten', ['']);
  let features = state.channels * state.side * state.side;
  if (random() < 0.4) {
    builder.node('Gemm', ['', randomWeights(state, [9, features])], { transB: 1 });
    state.channels = 9;
    state.spread *= 0.4 * Math.sqrt(features);
    features = 9;
    addActivation(state);
  }
  return addHead(builder, random, features, 3);
}
