/** Writes the model file. Equal models give equal bytes. */
import { checkModel } from './check-model.ts';
import type { AveragePoolLayer, ConvolutionLayer, IntegerModel, Layer } from './model.ts';
import { type RawTensor, serialiseSafetensors } from './safetensors.ts';

/** Serialises a model. Throws ModelFileError when the model breaks a rule that `readModel` enforces. */
export function writeModel(model: IntegerModel): Uint8Array {
  checkModel(model);
  const metadata = {
    format: model.format,
    task: model.task,
    classes: JSON.stringify(model.classes),
    input: JSON.stringify(pick(model.input, ['height', 'width', 'channels', 'zeroPoint'])),
    graph: JSON.stringify(model.layers.map(describeLayer)),
    logit_scale: JSON.stringify(model.logitScale),
    record: JSON.stringify(sortKeys(model.record)),
  };
  return serialiseSafetensors({ metadata, tensors: new Map(model.layers.flatMap(layerTensors)) });
}

function describeLayer(layer: Layer): Record<string, unknown> {
  switch (layer.op) {
    case 'convolution':
      return {
        ...pick(layer, ['op', 'name', 'kernel', 'stride', 'padding', 'inputChannels', 'outputChannels']),
        ...(layer.paddingLevel > 0 && pick(layer, ['paddingLevel'])),
        weights: layer.weights.format,
        activationBits: layer.activationBits,
      };
    case 'space-to-depth':
      return pick(layer, ['op', 'name', 'block']);
    case 'max-pool':
      return pick(layer, ['op', 'name', 'kernel', 'stride']);
    case 'average-pool':
      return pick(layer, ['op', 'name', 'kernel', 'stride', 'inputChannels', 'activationBits']);
    case 'head':
      return pick(layer, ['op', 'name', 'inputChannels']);
  }
}

function layerTensors(layer: Layer): [string, RawTensor][] {
  if (layer.op === 'head') {
    const classes = layer.bias.length;
    return [
      [`${layer.name}.weight`, tensor('I8', [classes, layer.inputChannels], layer.weights)],
      [`${layer.name}.bias`, tensor('I32', [classes], layer.bias)],
    ];
  }
  if (layer.op === 'average-pool') return [thresholdsTensor(layer, layer.inputChannels)];
  if (layer.op !== 'convolution') return [];
  const { kernel, inputChannels, outputChannels } = layer;
  const weight: [string, RawTensor] =
    layer.weights.format === 'int8'
      ? [`${layer.name}.weight`, tensor('I8', [outputChannels, kernel, kernel, inputChannels], layer.weights.values)]
      : [
          `${layer.name}.weight_bits`,
          tensor('U32', [outputChannels, layer.weights.words.length / outputChannels], layer.weights.words),
        ];
  return [weight, thresholdsTensor(layer, outputChannels)];
}

function thresholdsTensor(
  { name, thresholds }: ConvolutionLayer | AveragePoolLayer,
  channels: number,
): [string, RawTensor] {
  return [`${name}.thresholds`, tensor('I32', [channels, thresholds.length / channels], thresholds)];
}

/** The bytes of a typed array in the machine's order, which is little-endian on everything that runs JavaScript today. */
function tensor(dtype: RawTensor['dtype'], shape: number[], values: Int8Array | Int32Array | Uint32Array): RawTensor {
  return { dtype, shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** A copy with the keys in the order given, so that the order in which a caller built the object does not matter. */
function pick<T extends object, K extends keyof T & string>(object: T, keys: readonly K[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, object[key]]));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sortKeys(child)]));
}
