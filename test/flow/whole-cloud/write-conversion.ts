/** What a conversion leaves, without a compiler: a small random network that every target agrees on. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileName } from '@dropforge/artifact-inspection';
import { fakeArtifact } from '@dropforge/artifact-inspection/testing';
import { argmax, runReferenceBatch, writeModel } from '@dropforge/quantized-inference';
import { modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';

/** As far as it is read here: `conversion.json`, which the config-renderer wrote. */
export interface ConversionConfig {
  readonly modelName: string;
  readonly datasetDigest: string;
  readonly classes: readonly string[];
  readonly targets: readonly ProfileName[];
  readonly training: { readonly seed: number; readonly imageSize: { readonly height: number; readonly width: number } };
}

const images = 20;
export const compilerMissing = { code: 'COMPILER_MISSING', message: 'There is no arm-linux-gnueabihf-gcc.' };

/** Writes the artifact and its verification into the folder `output` of a job; targets that `missing` names have failed. */
export function writeConversion(output: string, config: ConversionConfig, missing: readonly string[] = []): void {
  const { seed, imageSize } = config.training;
  const plan = modelFromPlan({
    input: { ...imageSize, channels: 3 },
    layers: [
      { op: 'convolution', channels: 4, kernel: 3, stride: 4, padding: 1, bits: 2, weights: 'int8' },
      { op: 'convolution', channels: 8, kernel: 1, stride: 1, padding: 0, bits: 2, weights: 'bits' },
    ],
    classes: config.classes.length,
    seed,
  });
  const model = { ...plan, classes: [...config.classes] };
  const modelFile = writeModel(model);
  const pixels = randomPixels(model.input, images, seed);
  const logits = runReferenceBatch(model, pixels);
  const labels = Uint16Array.from({ length: images }, (_, image) =>
    argmax(logits.subarray(image * model.classes.length, (image + 1) * model.classes.length)),
  );
  const targets = config.targets.map((name) => ({ name, error: missing.includes(name) && compilerMissing }));
  const write = (name: string, content: Content) => writeInto(output, name, content);

  write('artifact/model.safetensors', modelFile);
  const manifest = {
    format: 'dropforge-artifact/1',
    modelName: config.modelName,
    modelDigest: createHash('sha256').update(modelFile).digest('hex'),
    datasetDigest: config.datasetDigest,
    classes: model.classes,
    input: { ...imageSize, channels: 3 },
    targets: Object.fromEntries(
      targets.map(({ name, error }) => [name, error ? { status: 'failed', error } : { status: 'ok' }]),
    ),
  };
  const built = config.targets.filter((name) => !missing.includes(name));
  const artifact = fakeArtifact({ targets: built, manifest });
  write('artifact/output.tar.gz', artifact.archive);
  write('artifact/manifest.json', artifact.manifest);
  for (const { name, error } of targets) if (!error) write(`verification/${name}.golden.i32`, logits);
  write('verification/x86_64.evaluation.i32', logits);
  write('verification/labels.u16', labels);
  write('verification/golden.u8', pixels);
  write('verification/verification.json', {
    format: 'dropforge-verification/1',
    evaluationImages: images,
    goldenImages: images,
    accuracy: 1,
    targets: Object.fromEntries(
      targets.map(({ name, error }) => [name, error ? { ran: false, error } : { ran: true }]),
    ),
  });
}

type Content = string | Uint8Array | Int32Array | Uint16Array | object;

function writeInto(output: string, name: string, content: Content): void {
  const file = join(output, name);
  mkdirSync(join(file, '..'), { recursive: true });
  if (typeof content === 'string') writeFileSync(file, content);
  else if (ArrayBuffer.isView(content))
    writeFileSync(file, Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  else writeFileSync(file, JSON.stringify(content));
}
