import {
  elementCount,
  type IntegerModel,
  type PlannedLayer,
  planLayers,
  type Shape,
  tapCount,
} from '@dropforge/quantized-inference';
import { formatTable } from '../terminal/table.ts';
import type { Screen } from '../terminal/terminal.ts';
import { formatBytes } from '../terminal/text.ts';

export interface LayerReport {
  readonly name: string;
  readonly op: string;
  readonly kernel: number | null;
  readonly input: Shape;
  readonly output: Shape;
  /** Of the levels that it reads; null: signed pixels. */
  readonly inputBits: number | null;
  /** Of each weight; null: it has none. */
  readonly weightBits: number | null;
  /** Weights, thresholds and biases. */
  readonly parameterBytes: number;
  readonly multiplyAccumulates: number;
}

export interface ModelReport {
  readonly digest: string;
  readonly classes: readonly string[];
  readonly input: Shape;
  readonly layers: readonly LayerReport[];
  readonly parameterBytes: number;
  readonly multiplyAccumulates: number;
  /** The most levels that lie between two layers at once, one byte each. */
  readonly activationBytes: number;
}

/** What a model is made of, layer by layer. */
export function describeModel(model: IntegerModel, digest: string): ModelReport {
  const planned = planLayers(model);
  const layers = planned.map(describeLayer);
  const sum = (count: (layer: LayerReport) => number) => layers.reduce((total, layer) => total + count(layer), 0);
  const { height, width, channels } = model.input;
  return {
    digest,
    classes: model.classes,
    input: { height, width, channels },
    layers,
    parameterBytes: sum(({ parameterBytes }) => parameterBytes),
    multiplyAccumulates: sum(({ multiplyAccumulates }) => multiplyAccumulates),
    activationBytes: Math.max(...planned.map(({ input, output }) => elementCount(input) + elementCount(output))),
  };
}

function describeLayer(planned: PlannedLayer): LayerReport {
  const { layer, input, output, inputBits } = planned;
  return {
    ...{ name: layer.name, op: layer.op, input, output, inputBits },
    kernel: 'kernel' in layer ? layer.kernel : null,
    ...weightsOf(planned),
  };
}

function weightsOf({
  layer,
  input,
  output,
}: PlannedLayer): Pick<LayerReport, 'weightBits' | 'parameterBytes' | 'multiplyAccumulates'> {
  switch (layer.op) {
    case 'convolution': {
      const { format } = layer.weights;
      const weights = layer.weights.format === 'bits' ? layer.weights.words : layer.weights.values;
      return {
        weightBits: format === 'bits' ? 1 : 8,
        parameterBytes: weights.byteLength + layer.thresholds.byteLength,
        multiplyAccumulates: tapCount(layer) * elementCount(output),
      };
    }
    case 'average-pool':
      return { weightBits: null, parameterBytes: layer.thresholds.byteLength, multiplyAccumulates: 0 };
    case 'head':
      return {
        weightBits: 8,
        parameterBytes: layer.weights.byteLength + layer.bias.byteLength,
        multiplyAccumulates: input.channels * output.channels,
      };
    default:
      return { weightBits: null, parameterBytes: 0, multiplyAccumulates: 0 };
  }
}

export function tellModel(screen: Screen, report: ModelReport): void {
  const rows = report.layers.map((layer) => [
    layer.name,
    layer.kernel === null ? layer.op : `${layer.op} ${layer.kernel}x${layer.kernel}`,
    `${shapeText(layer.input)} → ${shapeText(layer.output)}`,
    layer.inputBits === null ? 'pixels' : `${layer.inputBits}`,
    layer.weightBits === null ? '' : `${layer.weightBits}`,
    layer.parameterBytes === 0 ? '' : formatBytes(layer.parameterBytes),
    layer.multiplyAccumulates === 0 ? '' : layer.multiplyAccumulates.toLocaleString('en'),
  ]);
  const [heading = '', ...lines] = formatTable([
    ['LAYER', 'OPERATOR', 'SHAPE', 'INPUT BITS', 'WEIGHT BITS', 'PARAMETERS', 'MACS'],
    ...rows,
  ]);
  screen.line(heading, 'strong');
  for (const line of lines) screen.line(line);
  screen.line();
  const totals = [
    ['Digest', report.digest],
    [
      'Classes',
      `${report.classes.length}: ${report.classes.slice(0, 8).join(', ')}${report.classes.length > 8 ? ', …' : ''}`,
    ],
    ['Parameters', formatBytes(report.parameterBytes)],
    ['MACs', `${report.multiplyAccumulates.toLocaleString('en')} per image`],
    ['Levels', `${formatBytes(report.activationBytes)} at most between two layers`],
  ];
  for (const line of formatTable(totals)) screen.line(line);
}

function shapeText({ height, width, channels }: Shape): string {
  return `${height}x${width}x${channels}`;
}
