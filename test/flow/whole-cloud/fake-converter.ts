/** Stands in for the converter: a small random network that every target agrees on, without a compiler. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { argmax, runReferenceBatch, writeModel } from '@dropforge/quantized-inference';
import { modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import { behaviours } from './behaviours.ts';

const images = 20;
const root = process.env.SAGEMAKER_BASE_DIR ?? '';
const processing = join(root, 'processing');
const archive = gunzipSync(readFileSync(join(processing, 'input/model/model.tar.gz')));
if (!archive.includes('model.onnx')) throw new Error('no model.onnx in the archive');
const config = JSON.parse(readFileSync(join(processing, 'input/config/conversion.json'), 'utf8'));
const { seed, imageSize } = config.training;
const compilerMissing = { code: 'COMPILER_MISSING', message: 'There is no arm-linux-gnueabihf-gcc.' };

console.log('conversion begins');
if (seed === behaviours['lacks every compiler']) {
  const failure = { cause: 'bug', ...compilerMissing, action: 'Install gcc-arm-linux-gnueabihf.' };
  writeFileSync(join(root, 'output/message'), JSON.stringify(failure));
  process.exit(1);
}
if (seed === behaviours['takes a while']) await wait(1_500);

const plan = modelFromPlan({
  input: { ...imageSize, channels: 3 },
  layers: [
    { op: 'convolution', channels: 4, kernel: 3, stride: 4, padding: 1, bits: 2, weights: 'int8' },
    { op: 'convolution', channels: 8, kernel: 1, stride: 1, padding: 0, bits: 2, weights: 'bits' },
  ],
  classes: config.classes.length,
  seed,
});
const model = { ...plan, classes: config.classes as string[] };
const modelFile = writeModel(model);
const pixels = randomPixels(model.input, images, seed);
const logits = runReferenceBatch(model, pixels);
const labels = Uint16Array.from({ length: images }, (_, image) =>
  argmax(logits.subarray(image * model.classes.length, (image + 1) * model.classes.length)),
);
const missing = seed === behaviours['lacks a compiler'] ? ['armv7l'] : [];
const targets = (config.targets as string[]).map((name) => ({
  name,
  error: missing.includes(name) && compilerMissing,
}));

write('artifact/model.safetensors', modelFile);
write('artifact/output.tar.gz', 'programs');
write('artifact/manifest.json', {
  format: 'dropforge-artifact/1',
  modelName: config.modelName,
  modelDigest: createHash('sha256').update(modelFile).digest('hex'),
  datasetDigest: config.datasetDigest,
  classes: model.classes,
  input: { ...imageSize, channels: 3 },
  targets: Object.fromEntries(
    targets.map(({ name, error }) => [name, error ? { status: 'failed', error } : { status: 'ok' }]),
  ),
  files: [],
});
for (const { name, error } of targets) if (!error) write(`verification/${name}.golden.i32`, logits);
write('verification/x86_64.evaluation.i32', logits);
write('verification/labels.u16', labels);
write('verification/golden.u8', pixels);
write('verification/verification.json', {
  format: 'dropforge-verification/1',
  evaluationImages: images,
  goldenImages: images,
  accuracy: 1,
  targets: Object.fromEntries(targets.map(({ name, error }) => [name, error ? { ran: false, error } : { ran: true }])),
});
writeFileSync(join(root, 'output/message'), 'converted');

function write(name: string, content: string | Uint8Array | Int32Array | Uint16Array | object): void {
  const file = join(processing, 'output', name);
  mkdirSync(join(file, '..'), { recursive: true });
  if (typeof content === 'string') writeFileSync(file, content);
  else if (ArrayBuffer.isView(content))
    writeFileSync(file, Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  else writeFileSync(file, JSON.stringify(content));
}
