/** What a model must satisfy beyond its types, so that every backend may run it without a further check. */
import { limits } from './limits.ts';
import {
  type AveragePoolLayer,
  type ConvolutionLayer,
  type HeadLayer,
  type IntegerModel,
  type Layer,
  MODEL_FORMAT,
} from './model.ts';
import { ModelFileError } from './model-file-error.ts';
import { tapCount } from './operators/convolution.ts';
import { type PlannedLayer, planLayers } from './plan-layers.ts';
import { isRecord } from './safetensors.ts';
import { elementCount } from './tensor.ts';

const INT32_MAXIMUM = 2 ** 31 - 1;
/** Largest magnitude of `pixel - 128`. */
const PIXEL_MAGNITUDE = 128;

/** Returns the layers with their shapes. Throws ModelFileError with the first fault found. */
export function checkModel(model: IntegerModel): PlannedLayer[] {
  checkMetadata(model);
  checkOrder(model.layers);
  for (const layer of model.layers) checkFields(layer);
  const planned = planLayers(model);
  checkSizes(planned);
  for (const { layer, input, inputBits } of planned) {
    if (layer.op === 'convolution') checkConvolution(layer, inputBits);
    if (layer.op === 'average-pool') checkThresholds(layer, layer.inputChannels);
    if (layer.op === 'head')
      checkHead(layer, model.classes.length, input.height * input.width * maximumLevel(inputBits));
  }
  return planned;
}

function checkMetadata({ format, task, classes, input, logitScale, record }: IntegerModel): void {
  if (format !== MODEL_FORMAT || task !== 'classification') {
    throw new ModelFileError('FORMAT_UNKNOWN', `Format ${format} with task ${task} is not known.`);
  }
  const valid = classes.every((name) => name.length > 0 && name.length <= limits.nameLength && isPrintable(name));
  if (classes.length < 1 || classes.length > limits.classes || !valid || new Set(classes).size !== classes.length) {
    throw new ModelFileError(
      'METADATA_INVALID',
      `Class names must be 1 to ${limits.classes} different printable names of at most ${limits.nameLength} characters.`,
    );
  }
  for (const side of [input.height, input.width]) requireRange('input', 'height and width', side, 1, limits.side);
  requireRange('input', 'channels', input.channels, 1, limits.channels);
  if (input.zeroPoint !== 128) throw new ModelFileError('METADATA_INVALID', 'The zero point of the input must be 128.');
  if (!Number.isFinite(logitScale) || logitScale <= 0) {
    throw new ModelFileError('METADATA_INVALID', `The logit scale ${logitScale} is not a positive number.`);
  }
  if (!isRecord(record) || !isShallow(record)) {
    throw new ModelFileError(
      'METADATA_INVALID',
      `The record must be an object nested at most ${limits.recordDepth} deep.`,
    );
  }
}

/** Well-formed Unicode without control characters: it is shown to people and compiled into C strings. */
function isPrintable(name: string): boolean {
  return name.isWellFormed() && !/\p{Cc}/u.test(name);
}

function isShallow(record: unknown): boolean {
  let level = [record];
  for (let depth = 0; depth <= limits.recordDepth; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return true;
  }
  return false;
}

function checkOrder(layers: readonly Layer[]): void {
  if (layers.length < 2 || layers.length > limits.layers) {
    throw new ModelFileError('GRAPH_INVALID', `A model has 2 to ${limits.layers} layers, not ${layers.length}.`);
  }
  const heads = layers.filter((layer) => layer.op === 'head').length;
  if (layers[0]?.op !== 'convolution' || layers.at(-1)?.op !== 'head' || heads !== 1) {
    throw new ModelFileError('GRAPH_INVALID', 'The first layer must be a convolution and only the last one a head.');
  }
  if (new Set(layers.map((layer) => layer.name)).size !== layers.length) {
    throw new ModelFileError('GRAPH_INVALID', 'Two layers have the same name.');
  }
}

function checkFields(layer: Layer): void {
  // Names become tensor names and C comments.
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(layer.name)) {
    throw new ModelFileError('GRAPH_INVALID', 'A layer name must be 1 to 64 letters, digits, hyphens or underscores.');
  }
  const range = (field: string, value: number, low: number, high: number) =>
    requireRange(layer.name, field, value, low, high);
  switch (layer.op) {
    case 'convolution':
      range('kernel', layer.kernel, 1, limits.kernel);
      range('stride', layer.stride, 1, limits.stride);
      range('padding', layer.padding, 0, layer.kernel - 1);
      range('inputChannels', layer.inputChannels, 1, limits.channels);
      range('outputChannels', layer.outputChannels, 1, limits.channels);
      range('activationBits', layer.activationBits, 1, limits.activationBits);
      break;
    case 'space-to-depth':
      range('block', layer.block, 1, limits.block);
      break;
    case 'max-pool':
      range('kernel', layer.kernel, 1, limits.kernel);
      range('stride', layer.stride, 1, limits.stride);
      break;
    case 'average-pool':
      range('kernel', layer.kernel, 1, limits.kernel);
      range('stride', layer.stride, 1, limits.stride);
      range('inputChannels', layer.inputChannels, 1, limits.channels);
      range('activationBits', layer.activationBits, 1, limits.activationBits);
      break;
    case 'head':
      range('inputChannels', layer.inputChannels, 1, limits.channels);
  }
}

function requireRange(owner: string, field: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new ModelFileError(
      'GRAPH_INVALID',
      `${owner}: ${field} must be an integer from ${low} to ${high}, not ${value}.`,
    );
  }
}

function checkSizes(planned: readonly PlannedLayer[]): void {
  let work = 0;
  for (const { layer, input, output } of planned) {
    const bytes = Math.max(elementCount(input), elementCount(output));
    if (bytes > limits.activationBytes || output.channels > limits.channels) {
      throw new ModelFileError('TOO_LARGE', `Layer ${layer.name} reads or writes ${bytes} values; too large.`);
    }
    if (layer.op === 'convolution') work += tapCount(layer) * elementCount(output);
    if (layer.op === 'max-pool' || layer.op === 'average-pool') work += layer.kernel ** 2 * elementCount(output);
  }
  if (work > limits.multiplyAccumulates) {
    throw new ModelFileError('TOO_LARGE', `The model needs ${work} operations per image; too many.`);
  }
}

function checkConvolution(layer: ConvolutionLayer, inputBits: number | null): void {
  const taps = tapCount(layer);
  const magnitude = inputBits === null ? PIXEL_MAGNITUDE : maximumLevel(inputBits);
  const padded = layer.padding > 0 && inputBits !== null;
  requireRange(layer.name, 'paddingLevel', layer.paddingLevel, 0, padded ? magnitude : 0);
  if (layer.weights.format === 'bits') {
    requireRange(layer.name, 'bits per input level of binary weights', inputBits ?? 1, 1, limits.bitPlanes);
    requireLength(layer, 'weight_bits', layer.weights.words.length, layer.outputChannels * Math.ceil(taps / 32));
    checkUnusedBits(layer, layer.weights.words, taps);
    // Backends compute 2 * sum(positive) - sum(all), whose first term may be twice the accumulator.
    requireInt32(layer, 2 * taps * magnitude);
  } else {
    requireLength(layer, 'weight', layer.weights.values.length, layer.outputChannels * taps);
    requireInt32(layer, largestRowSum(layer.weights.values, taps) * magnitude);
  }
  checkThresholds(layer, layer.outputChannels);
}

function checkThresholds(layer: ConvolutionLayer | AveragePoolLayer, channels: number): void {
  const count = 2 ** layer.activationBits - 1;
  requireLength(layer, 'thresholds', layer.thresholds.length, channels * count);
  for (const [index, threshold] of layer.thresholds.entries()) {
    if (index % count !== 0 && threshold < (layer.thresholds[index - 1] ?? 0)) {
      const channel = Math.floor(index / count);
      throw new ModelFileError(
        'THRESHOLDS_DECREASE',
        `Layer ${layer.name}: thresholds of channel ${channel} decrease.`,
      );
    }
  }
}

function checkUnusedBits(layer: Layer, words: Uint32Array, taps: number): void {
  const wordsPerChannel = Math.ceil(taps / 32);
  const used = taps % 32;
  if (used === 0) return;
  for (let last = wordsPerChannel - 1; last < words.length; last += wordsPerChannel) {
    if ((words[last] ?? 0) >>> used !== 0) {
      throw new ModelFileError('TENSOR_INVALID', `Layer ${layer.name}: weight bits after the last tap must be 0.`);
    }
  }
}

function checkHead(layer: HeadLayer, classes: number, largestPixelSum: number): void {
  requireLength(layer, 'bias', layer.bias.length, classes);
  requireLength(layer, 'weight', layer.weights.length, classes * layer.inputChannels);
  const bias = layer.bias.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  requireInt32(layer, bias + largestRowSum(layer.weights, layer.inputChannels) * largestPixelSum);
}

function requireLength(layer: Layer, tensor: string, actual: number, expected: number): void {
  if (actual !== expected) {
    throw new ModelFileError('TENSOR_INVALID', `${layer.name}.${tensor} has ${actual} elements; expected ${expected}.`);
  }
}

/** Sums of magnitudes bound every partial sum, in whatever order a backend adds. */
function requireInt32(layer: Layer, bound: number): void {
  if (bound > INT32_MAXIMUM) {
    throw new ModelFileError('ACCUMULATOR_OVERFLOW', `Layer ${layer.name}: sums may reach ${bound}, beyond int32.`);
  }
}

function largestRowSum(weights: Int8Array, rowLength: number): number {
  let largest = 0;
  for (let first = 0; first < weights.length; first += rowLength) {
    const sum = weights.subarray(first, first + rowLength).reduce((total, weight) => total + Math.abs(weight), 0);
    largest = Math.max(largest, sum);
  }
  return largest;
}

function maximumLevel(bits: number | null): number {
  return 2 ** (bits ?? 0) - 1;
}
