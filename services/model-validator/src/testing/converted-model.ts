import { createHash } from 'node:crypto';
import { fakeArtifact, packArtifact } from '@dropforge/artifact-inspection/testing';
import { conversionCompleted } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { type IntegerModel, runReferenceBatch, writeModel } from '@dropforge/quantized-inference';
import { readKernels } from '@dropforge/quantized-inference/node';
import { modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import type { Ports } from '../ports.ts';

const { runId, artifactPrefix, verificationPrefix } = conversionCompleted.example;
const golden = 3;
const images = 8;
const required = ['x86_64', 'armv7l'] as const;
/** One more than is required. */
const built = [...required, 'aarch64'] as const;

/** A bucket with everything that the conversion of a tiny real model leaves, and the policy of its run. */
export function createConvertedModel(changeArtifact?: (files: Map<string, Buffer>) => void) {
  const model = modelFromPlan({
    input: { height: 4, width: 4, channels: 3 },
    layers: [
      { op: 'convolution', channels: 5, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' },
      { op: 'convolution', channels: 7, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'bits' },
    ],
    classes: 3,
    seed: 7,
  });
  const pixels = randomPixels(model.input, images, 5);
  const logits = runReferenceBatch(model, pixels);
  const modelFile = writeModel(model);
  const artifact = fakeArtifact({ targets: built, change: changeArtifact, manifest: manifestOf(model, modelFile) });
  const files = new Map<string, Uint8Array>([
    [`runs/${runId}/config/t1/policy.json`, json(policy)],
    [`${artifactPrefix}model.safetensors`, modelFile],
    [`${artifactPrefix}output.tar.gz`, artifact.archive],
    [`${artifactPrefix}manifest.json`, artifact.manifest],
    [`${verificationPrefix}verification.json`, json(verification)],
    [`${verificationPrefix}golden.u8`, pixels.slice(0, (pixels.length / images) * golden)],
    [`${verificationPrefix}x86_64.evaluation.i32`, bytesOf(logits)],
    [`${verificationPrefix}labels.u16`, bytesOf(labelsFor(logits))],
    ...required.map((target): [string, Uint8Array] => [
      `${verificationPrefix}${target}.golden.i32`,
      bytesOf(logits.slice(0, golden * 3)),
    ]),
  ]);
  const ports: Ports = {
    async readFile(key) {
      return files.get(key);
    },
    async writeFile(key, bytes) {
      files.set(key, bytes);
    },
    readKernels,
  };
  return {
    model,
    files,
    ports,
    /** Changes a file as JSON, as if the conversion had written it so: the manifest in the artifact and the event too. */
    edit(key: string, change: object): void {
      const edited = json({ ...parse(files.get(key)), ...change });
      files.set(key, edited);
      if (key.endsWith('/manifest.json'))
        files.set(`${artifactPrefix}output.tar.gz`, packArtifact(artifact.files, edited));
    },
    parse: (key: string) => parse(files.get(key)),
    event: () =>
      conversionCompleted.of({
        ...conversionCompleted.example,
        manifestDigest: sha256(files.get(`${artifactPrefix}manifest.json`) ?? Buffer.alloc(0)),
      }),
  };
}

/** The run that the example event is about. */
export const convertedRun: Run = {
  runId,
  project: 'flowers',
  state: 'converted',
  attempt: 1,
  revision: 9,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:10:00.000Z',
  facts: { 'config.rendered': { configKey: `runs/${runId}/config/t1/training.json` } },
  history: [],
  outbox: [],
  nudges: 0,
};

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A copy with one int32 changed by one. */
export function withOneLogitOff(bytes: Uint8Array | undefined, index: number): Uint8Array {
  const changed = Buffer.from(bytes ?? []);
  changed.writeInt32LE(changed.readInt32LE(index * 4) + 1, index * 4);
  return changed;
}

const policy = {
  format: 'dropforge-policy/1',
  gates: {
    requiredTargets: required,
    minimumGoldenImages: golden,
    minimumAccuracy: 0.5,
    maximumAccuracyDrop: 0.02,
    maximumModelBytes: 1 << 20,
    maximumArtifactBytes: 1 << 20,
  },
  deployment: { to: 'dropforge-devices', approval: 'auto' },
};

const verification = {
  format: 'dropforge-verification/1',
  goldenImages: golden,
  evaluationImages: images,
  accuracy: 0.875,
  targets: { x86_64: { ran: true }, armv7l: { ran: true } },
};

function manifestOf({ classes, input }: IntegerModel, modelFile: Uint8Array) {
  const { height, width, channels } = input;
  return {
    format: 'dropforge-artifact/1',
    modelName: 'flowers',
    modelDigest: sha256(modelFile),
    datasetDigest: 'd'.repeat(64),
    classes,
    input: { height, width, channels },
    targets: { x86_64: { status: 'ok' }, armv7l: { status: 'ok' } },
  };
}

/** What the network itself answers, but for the first image: 7 of 8 are right. */
function labelsFor(logits: Int32Array): Uint16Array {
  const answers = Array.from({ length: images }, (_, image) => {
    const row = [...logits.subarray(image * 3, image * 3 + 3)];
    return row.indexOf(Math.max(...row));
  });
  return Uint16Array.from(answers, (answer, image) => (image === 0 ? (answer + 1) % 3 : answer));
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function parse(bytes: Uint8Array | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
