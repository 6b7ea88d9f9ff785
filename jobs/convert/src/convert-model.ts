import {
  checkModel,
  type IntegerModel,
  type Layer,
  MODEL_FORMAT,
  ModelFileError,
} from '@dropforge/quantized-inference';
import { ConversionError } from './frontend/conversion-error.ts';
import type { OnnxGraph } from './frontend/graph.ts';
import { readOnnx } from './frontend/read-onnx.ts';
import type { Activation } from './passes/activation.ts';
import { imageInput } from './passes/image-input.ts';
import { createLayerList } from './passes/layers.ts';
import { lowerGraph } from './passes/lower-graph.ts';
import { lowerHead } from './passes/lower-head.ts';

export interface ConvertOptions {
  /** Class names by label index. Without them the model's own metadata entry `classes` (a JSON list) is used. */
  readonly classes?: readonly string[];
  /** Carried in the model file for people: training record, dataset digest. JSON values only. */
  readonly record?: Readonly<Record<string, unknown>>;
}

/**
 * Converts the bytes of a QONNX file into the integer model. Equal bytes and options give equal models.
 * Throws ConversionError, and nothing else, for a file that is malformed or a network that does not fit.
 */
export function convertModel(onnx: Uint8Array, options: ConvertOptions = {}): IntegerModel {
  const graph = readOnnx(onnx);
  const layers: Layer[] = [];
  const list = createLayerList(layers);
  const output: Activation = lowerGraph(graph, list);
  const head = lowerHead(output, list);
  const { memory } = imageInput(graph).activation;
  const model: IntegerModel = {
    format: MODEL_FORMAT,
    task: 'classification',
    classes: classNames(graph, options.classes, head.classes),
    input: { ...memory, zeroPoint: 128 },
    layers,
    logitScale: head.logitScale,
    record: options.record ?? {},
  };
  return checked(model);
}

/** The limits that every backend relies on; a network beyond them does not fit. */
function checked(model: IntegerModel): IntegerModel {
  try {
    checkModel(model);
    return model;
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw new ConversionError('OUT_OF_RANGE', {
      what: `the network exceeds what the integer model holds: ${error.message.replace(/\.$/, '')}`,
      action: 'change that layer, or the class names',
    });
  }
}

function classNames(graph: OnnxGraph, given: readonly string[] | undefined, count: number): readonly string[] {
  const names = given ?? metadataClasses(graph) ?? Array.from({ length: count }, (_, index) => `class ${index}`);
  if (names.length === count) return names;
  throw new ConversionError('CLASSES_MISMATCH', {
    what: `the network has ${count} outputs and ${names.length} class names`,
    action: 'give one class name per output, in label order',
  });
}

function metadataClasses({ metadata }: OnnxGraph): string[] | undefined {
  const text = metadata.get('classes');
  if (text === undefined) return undefined;
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined; // some exporter's own use of the key
  }
}
