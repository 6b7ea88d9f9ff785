/** One layer as C: its constant arrays, its description, and the call that runs it. */
import type {
  AveragePoolLayer,
  ConvolutionLayer,
  HeadLayer,
  PlannedLayer,
  Shape,
} from '@dropforge/quantized-inference';
import { type ConvolutionOperator, packInt8, packPlanes, selectOperator } from '@dropforge/quantized-inference/packed';
import { cArray, cInitializer } from './c-text.ts';

export interface LayerText {
  /** Constant arrays and the description, in C. */
  readonly definitions: string;
  /** The statement that runs the layer. */
  readonly call: string;
}

/** `symbol`: prefix of the layer's C names. `input`, `output`, `scratch`: C expressions of pointers. */
export function emitLayer(
  planned: PlannedLayer,
  symbol: string,
  input: string,
  output: string,
  scratch: string,
): LayerText {
  const { layer } = planned;
  const describe = (type: string, fields: string) => `static const ${type} ${symbol} = {\n${fields}};\n`;
  switch (layer.op) {
    case 'convolution': {
      const operator = selectOperator(planned, layer);
      return operator.kind === 'int8'
        ? {
            definitions: emitInt8(planned, layer, symbol),
            call: `df_conv_int8(&${symbol}, ${input}, ${output});`,
          }
        : {
            definitions: emitBits(planned, layer, operator, symbol),
            call: `df_conv_bits(&${symbol}, ${input}, ${output}, ${scratch}, execution->kernels);`,
          };
    }
    case 'space-to-depth':
      return {
        definitions: describe(
          'df_space_to_depth_layer',
          field('input', cShape(planned.input)) + field('block', layer.block),
        ),
        call: `df_space_to_depth(&${symbol}, ${input}, ${output});`,
      };
    case 'max-pool':
      return {
        definitions: describe(
          'df_max_pool_layer',
          field('input', cShape(planned.input)) +
            field('output', cShape(planned.output)) +
            field('kernel', layer.kernel) +
            field('stride', layer.stride),
        ),
        call: `df_max_pool(&${symbol}, ${input}, ${output});`,
      };
    case 'average-pool':
      return {
        definitions:
          cArray('int32_t', `${symbol}_thresholds`, layer.thresholds) +
          `static const df_window ${symbol} = ${cWindow(planned, layer, symbol)};\n`,
        call: `df_average_pool(&${symbol}, ${input}, ${output});`,
      };
    case 'head':
      return {
        definitions: emitHead(planned, layer, symbol),
        call: `df_head(&${symbol}, ${input}, execution->logits, ${scratch});`,
      };
  }
}

function emitInt8(planned: PlannedLayer, layer: ConvolutionLayer, symbol: string): string {
  const zeroPoint = planned.inputBits === null ? 128 : 0;
  return [
    cArray('int32_t', `${symbol}_thresholds`, layer.thresholds),
    cArray('int8_t', `${symbol}_weights`, packInt8(layer)),
    `static const df_int8_layer ${symbol} = {\n`,
    field('window', cWindow(planned, layer, symbol)),
    field('zero_point', zeroPoint),
    field('weights', `${symbol}_weights`),
    '};\n',
  ].join('');
}

function emitBits(
  planned: PlannedLayer,
  layer: ConvolutionLayer,
  { words, inputBits }: Extract<ConvolutionOperator, { kind: 'bits' }>,
  symbol: string,
): string {
  return [
    cArray('int32_t', `${symbol}_thresholds`, layer.thresholds),
    cArray('uint32_t', `${symbol}_planes`, packPlanes(layer, words)),
    `static const df_bits_layer ${symbol} = {\n`,
    field('window', cWindow(planned, layer, symbol)),
    field('input_bits', inputBits),
    field('words', Math.ceil(layer.inputChannels / 32)),
    field('planes', `${symbol}_planes`),
    '};\n',
  ].join('');
}

function emitHead({ input }: PlannedLayer, layer: HeadLayer, symbol: string): string {
  return [
    cArray('int8_t', `${symbol}_weights`, layer.weights),
    cArray('int32_t', `${symbol}_bias`, layer.bias),
    `static const df_head_layer ${symbol} = {\n`,
    field('input', cShape(input)),
    field('classes', layer.bias.length),
    field('weights', `${symbol}_weights`),
    field('bias', `${symbol}_bias`),
    '};\n',
  ].join('');
}

/** `<symbol>_thresholds` is the name of the layer's thresholds. */
function cWindow({ input, output }: PlannedLayer, layer: ConvolutionLayer | AveragePoolLayer, symbol: string): string {
  const padding = layer.op === 'convolution' ? layer : { padding: 0, paddingLevel: 0 };
  const fields = [
    `.input = ${cShape(input)}`,
    `.output = ${cShape(output)}`,
    `.kernel = ${layer.kernel}`,
    `.stride = ${layer.stride}`,
    `.padding = ${padding.padding}`,
    `.padding_level = ${padding.paddingLevel}`,
    `.threshold_count = ${2 ** layer.activationBits - 1}`,
    `.thresholds = ${symbol}_thresholds`,
  ];
  return cInitializer(fields);
}

function cShape({ height, width, channels }: Shape): string {
  return cInitializer([height, width, channels]);
}

function field(name: string, value: string | number): string {
  return `    .${name} = ${value},\n`;
}
