import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { IntegerModel } from '@dropforge/quantized-inference';
import { z } from 'zod';
import { JobFailure } from './job-failure.ts';

/** The held-out images as the network sees them; the first of them are the golden images. */
export interface EvaluationSet {
  readonly images: number;
  readonly goldenImages: number;
  /** uint8 N x H x W x 3. */
  readonly imagesFile: string;
  /** The first `goldenImages` of them. */
  readonly goldenFile: string;
  readonly labels: Uint16Array;
  /** What the trainer measured on them, 0 to 1; null: it does not say. */
  readonly trainerAccuracy: number | null;
}

const MAXIMUM_GOLDEN_IMAGES = 256;

const Description = z.object({
  format: z.literal('dropforge-evaluation/1'),
  images: z.int().min(1).max(1_000_000),
  height: z.int().positive(),
  width: z.int().positive(),
  channels: z.int().positive(),
  goldenImages: z.int().min(1).max(MAXIMUM_GOLDEN_IMAGES),
});

const Metrics = z.object({ accuracy: z.number().min(0).max(1) });

/** Opens `directory/evaluation`, checks every size and label against `model`, and cuts off the golden images. */
export async function openEvaluation(directory: string, model: IntegerModel): Promise<EvaluationSet> {
  const folder = join(directory, 'evaluation');
  const { images, goldenImages, height, width, channels } = await readDescription(join(folder, 'evaluation.json'));
  const { input, classes } = model;
  if (height !== input.height || width !== input.width || channels !== input.channels) {
    const sizes = `${height}x${width}x${channels}, the network reads ${input.height}x${input.width}x${input.channels}`;
    throw unusable(`its images are ${sizes}`);
  }
  if (goldenImages > images) throw unusable(`it names ${goldenImages} golden images of ${images}`);
  const imageBytes = height * width * channels;
  const imagesFile = join(folder, 'images.u8');
  await requireBytes(imagesFile, images * imageBytes);
  const labelsFile = join(folder, 'labels.u16');
  await requireBytes(labelsFile, images * 2);
  const labels = littleEndianLabels(await readFile(labelsFile));
  const wrong = labels.find((label) => label >= classes.length);
  if (wrong !== undefined) throw unusable(`it has the label ${wrong} where there are ${classes.length} classes`);
  const goldenFile = join(folder, 'golden.u8');
  await pipeline(createReadStream(imagesFile, { end: goldenImages * imageBytes - 1 }), createWriteStream(goldenFile));
  const trainerAccuracy = await readTrainerAccuracy(join(directory, 'metrics.json'));
  return { images, goldenImages, imagesFile, goldenFile, labels, trainerAccuracy };
}

/** Another trainer may write no metrics, or others; then there is nothing to compare with. */
async function readTrainerAccuracy(path: string): Promise<number | null> {
  try {
    return Metrics.parse(JSON.parse(await readFile(path, 'utf8'))).accuracy;
  } catch {
    return null;
  }
}

async function readDescription(path: string): Promise<z.infer<typeof Description>> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw unusable('evaluation/evaluation.json is missing');
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unusable('evaluation.json is not JSON');
  }
  const description = Description.safeParse(parsed);
  if (description.success) return description.data;
  const faults = description.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`);
  throw unusable(`evaluation.json: ${faults.join('; ')}`);
}

async function requireBytes(path: string, expected: number): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (size !== expected) throw unusable(`${name} has ${size} bytes where ${expected} are needed`);
}

function littleEndianLabels(bytes: Buffer): Uint16Array {
  return Uint16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(index * 2));
}

function unusable(what: string): JobFailure {
  return new JobFailure(
    'data',
    'EVALUATION_INVALID',
    `The evaluation set in the model archive cannot be used: ${what}`,
    'Give the model.tar.gz that the training job wrote.',
  );
}
