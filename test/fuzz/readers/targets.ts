/** What is fuzzed: a reader, what a file may do to it, and files to begin with. */
import {
  elementCount,
  type IntegerModel,
  ModelFileError,
  planLayers,
  readModel,
  runReference,
  tapCount,
  writeModel,
} from '@dropforge/quantized-inference';
import { randomModel } from '@dropforge/quantized-inference/testing';
import { convertModel } from '../../../jobs/convert/src/convert-model.ts';
import { ConversionError } from '../../../jobs/convert/src/frontend/conversion-error.ts';
import { cnv, fullyConnected } from '../../../jobs/convert/src/frontend/testing/finn-networks.ts';
import { lmnetV1 } from '../../../jobs/convert/src/frontend/testing/networks.ts';
import { randomNetwork } from '../../../jobs/convert/src/frontend/testing/random-network.ts';
import type { Random } from './mutate.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import { mutateSafetensors } from './mutate-safetensors.ts';

export interface FuzzTarget {
  readonly seeds: () => Uint8Array[];
  readonly mutate: (file: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;
  /** What became of the file: inputs of a new outcome are mutated further. Throws what the reader must not. */
  readonly run: (file: Uint8Array) => string;
}

export type FuzzTargetName = keyof typeof fuzzTargets;

/** Multiply-accumulates that an accepted model may take to be run as well. */
const RUN_LIMIT = 3_000_000;

export const fuzzTargets = {
  /** Model files: refused with ModelFileError, or a model that runs and is written back to a file of the same meaning. */
  model: {
    seeds: () => Array.from({ length: 24 }, (_, seed) => writeModel(randomModel(seed))),
    mutate: mutateSafetensors,
    run(file) {
      let model: IntegerModel;
      try {
        model = readModel(file);
      } catch (error) {
        if (error instanceof ModelFileError) return outcome(error);
        throw error;
      }
      requireSound(model);
      return `accepted ${model.layers.map(({ op }) => op).join(' ')}`;
    },
  },
  /** ONNX files: refused with ConversionError that says what would fit, or converted to a model that runs. */
  onnx: {
    seeds: () => [
      ...Array.from({ length: 40 }, (_, seed) => randomNetwork(seed).bytes()),
      lmnetV1({ side: 8, width: 1 / 16 }).bytes(),
      fullyConnected(4, { weightBits: 1, activationBits: 1 }).bytes(),
      cnv({ weightBits: 2, activationBits: 2, width: 1 / 32 }).bytes(),
    ],
    mutate: mutateProtobuf,
    run(file) {
      let model: IntegerModel;
      try {
        model = convertModel(file);
      } catch (error) {
        if (!(error instanceof ConversionError)) throw error;
        if (!/To make it fit: .+\.$/s.test(error.message)) throw new Error(`no advice: ${error.message}`);
        return `${error.operator} ${outcome(error)}`;
      }
      requireSound(model);
      return `converted ${model.layers.map(({ op }) => op).join(' ')}`;
    },
  },
} satisfies Record<string, FuzzTarget>;

/** The message without what differs from file to file. */
function outcome({ code, message }: { code: string; message: string }): string {
  return `${code} ${message.replace(/[\w/.:-]*\d[\w/.:-]*/g, '#').slice(0, 120)}`;
}

function requireSound(model: IntegerModel): void {
  const again = writeModel(readModel(writeModel(model)));
  if (Buffer.compare(again, writeModel(model)) !== 0) throw new Error('the model is not written as it was read');
  const work = planLayers(model).reduce(
    (sum, { layer, output }) => sum + (layer.op === 'convolution' ? tapCount(layer) : 64) * elementCount(output),
    elementCount(model.input),
  );
  if (work > RUN_LIMIT) return;
  const logits = runReference(model, new Uint8Array(elementCount(model.input)).fill(200));
  if (logits.length !== model.classes.length) throw new Error('the model has other outputs than classes');
}
