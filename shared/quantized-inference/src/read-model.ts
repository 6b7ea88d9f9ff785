/** Reads a model file from untrusted bytes. */
import { checkModel } from './check-model.ts';
import { limits } from './limits.ts';
import { type BitWeights, type Int8Weights, type IntegerModel, type Layer, MODEL_FORMAT } from './model.ts';
import { ModelFileError } from './model-file-error.ts';
import { type ElementType, isRecord, parseSafetensors, type RawTensor, type Safetensors } from './safetensors.ts';

/**
 * The model, checked: a backend may run it without looking at it again. Allocates no more than a few times the file.
 * Throws ModelFileError, and nothing else, for bytes that are not a valid model.
 */
export function readModel(file: Uint8Array): IntegerModel {
  const { metadata, tensors } = parseSafetensors(file);
  if (metadata.format !== MODEL_FORMAT || metadata.task !== 'classification') {
    throw new ModelFileError(
      'FORMAT_UNKNOWN',
      `The file says format ${metadata.format}, task ${metadata.task}; this reader knows ${MODEL_FORMAT}, classification.`,
    );
  }
  const source = new TensorSource(tensors);
  const model: IntegerModel = {
    format: MODEL_FORMAT,
    task: 'classification',
    classes: readClasses(parseField(metadata, 'classes')),
    input: readInput(parseField(metadata, 'input')),
    layers: readGraph(parseField(metadata, 'graph'), source),
    logitScale: readNumber(parseField(metadata, 'logit_scale'), 'logit_scale'),
    record: readRecord(parseField(metadata, 'record')),
  };
  source.requireAllTaken();
  checkModel(model);
  return model;
}

function parseField(metadata: Safetensors['metadata'], key: string): unknown {
  const text = metadata[key];
  if (text === undefined) throw new ModelFileError('METADATA_INVALID', `The header lacks ${key}.`);
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelFileError('METADATA_INVALID', `${key} in the header is not JSON.`);
  }
}

function readClasses(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) {
    throw new ModelFileError('METADATA_INVALID', 'classes is not a list of names.');
  }
  return value;
}

function readInput(value: unknown): IntegerModel['input'] {
  if (!isRecord(value) || value.zeroPoint !== 128) {
    throw new ModelFileError('METADATA_INVALID', 'input must name height, width, channels and the zero point 128.');
  }
  const side = (key: string) => readNumber(value[key], `input.${key}`);
  return { height: side('height'), width: side('width'), channels: side('channels'), zeroPoint: 128 };
}

function readRecord(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new ModelFileError('METADATA_INVALID', 'record is not an object.');
  return value;
}

function readNumber(value: unknown, field: string): number {
  if (typeof value !== 'number') throw new ModelFileError('GRAPH_INVALID', `${field} is not a number.`);
  return value;
}

function readGraph(value: unknown, source: TensorSource): Layer[] {
  if (!Array.isArray(value) || value.length > limits.layers) {
    throw new ModelFileError('GRAPH_INVALID', `graph is not a list of at most ${limits.layers} layers.`);
  }
  return value.map((entry) => readLayer(entry, source));
}

function readLayer(entry: unknown, source: TensorSource): Layer {
  if (!isRecord(entry) || typeof entry.name !== 'string' || entry.name.length > limits.nameLength) {
    throw new ModelFileError('GRAPH_INVALID', 'A layer has no name.');
  }
  const { name } = entry;
  const field = (key: string) => readNumber(entry[key], `${name}.${key}`);
  switch (entry.op) {
    case 'convolution':
      return {
        op: 'convolution',
        name,
        kernel: field('kernel'),
        stride: field('stride'),
        padding: field('padding'),
        // Files of before levels of signed activations could be padded do not name it.
        paddingLevel: entry.paddingLevel === undefined ? 0 : field('paddingLevel'),
        inputChannels: field('inputChannels'),
        outputChannels: field('outputChannels'),
        ...readConvolutionTensors(name, entry, field, source),
      };
    case 'space-to-depth':
      return { op: 'space-to-depth', name, block: field('block') };
    case 'max-pool':
      return { op: 'max-pool', name, kernel: field('kernel'), stride: field('stride') };
    case 'average-pool': {
      const inputChannels = field('inputChannels');
      const pool = {
        op: 'average-pool',
        name,
        kernel: field('kernel'),
        stride: field('stride'),
        inputChannels,
      } as const;
      return { ...pool, ...readThresholds(name, field, inputChannels, source) };
    }
    case 'head':
      return { op: 'head', name, inputChannels: field('inputChannels'), ...readHeadTensors(name, field, source) };
    default:
      throw new ModelFileError('GRAPH_INVALID', `Layer ${name} has an unknown operator.`);
  }
}

type Field = (key: string) => number;

function readConvolutionTensors(name: string, entry: Record<string, unknown>, field: Field, source: TensorSource) {
  const [kernel, inputs, outputs] = [field('kernel'), field('inputChannels'), field('outputChannels')];
  let weights: BitWeights | Int8Weights;
  if (entry.weights === 'bits') {
    const wordsPerChannel = Math.ceil((kernel * kernel * inputs) / 32);
    weights = {
      format: 'bits',
      words: new Uint32Array(source.take(`${name}.weight_bits`, 'U32', [outputs, wordsPerChannel])),
    };
  } else if (entry.weights === 'int8') {
    const shape = [outputs, kernel, kernel, inputs];
    weights = { format: 'int8', values: new Int8Array(source.take(`${name}.weight`, 'I8', shape)) };
  } else {
    throw new ModelFileError('GRAPH_INVALID', `Layer ${name} must have weights "bits" or "int8".`);
  }
  return { ...readThresholds(name, field, outputs, source), weights };
}

function readThresholds(name: string, field: Field, channels: number, source: TensorSource) {
  const activationBits = field('activationBits');
  const shape = [channels, 2 ** activationBits - 1];
  return { activationBits, thresholds: new Int32Array(source.take(`${name}.thresholds`, 'I32', shape)) };
}

function readHeadTensors(name: string, field: Field, source: TensorSource) {
  const bias = new Int32Array(source.take(`${name}.bias`, 'I32', null));
  const weights = new Int8Array(source.take(`${name}.weight`, 'I8', [bias.length, field('inputChannels')]));
  return { bias, weights };
}

/** Hands out each tensor once, so that a file cannot carry tensors that no layer reads. */
class TensorSource {
  readonly #waiting: Map<string, RawTensor>;

  constructor(tensors: ReadonlyMap<string, RawTensor>) {
    this.#waiting = new Map(tensors);
  }

  /** A copy of the bytes, aligned for any element type. `shape` null accepts any vector. Little-endian machines only. */
  take(name: string, dtype: ElementType, shape: readonly number[] | null): ArrayBuffer {
    const tensor = this.#waiting.get(name);
    if (tensor === undefined) throw new ModelFileError('TENSOR_MISSING', `The file has no tensor ${name}.`);
    const fits = shape === null ? tensor.shape.length === 1 : tensor.shape.join() === shape.join();
    if (tensor.dtype !== dtype || !fits) {
      const expected = shape === null ? 'a vector' : `[${shape.join(', ')}]`;
      throw new ModelFileError(
        'TENSOR_INVALID',
        `Tensor ${name} is ${tensor.dtype} [${tensor.shape.join(', ')}]; expected ${dtype} ${expected}.`,
      );
    }
    this.#waiting.delete(name);
    return new Uint8Array(tensor.bytes).buffer;
  }

  requireAllTaken(): void {
    for (const name of this.#waiting.keys()) {
      throw new ModelFileError('TENSOR_UNUSED', `No layer reads tensor ${name}.`);
    }
  }
}
