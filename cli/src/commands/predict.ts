import path from 'node:path';
import { createEngine, predict as decide, type InferenceEngine } from '@dropforge/quantized-inference';
import { readKernels } from '@dropforge/quantized-inference/node';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { askDevice, findDevice } from '../predict/ask-device.ts';
import { decodeImage } from '../predict/decode-image.ts';
import { type LoadedModel, loadModel } from '../predict/load-model.ts';
import { formatTable } from '../terminal/table.ts';
import { formatShare } from '../terminal/text.ts';

interface Prediction {
  readonly image: string;
  readonly class: string;
  readonly classIndex: number;
  /** The likeliest first. */
  readonly top: readonly { readonly class: string; readonly probability: number }[];
  readonly logits: readonly number[];
  /** Of the device, or of the engine here. */
  readonly milliseconds: number;
  /** Whether the device's logits are those of the reference, bit for bit. */
  readonly agrees?: boolean;
}

/** `dropforge predict <model> <image>…`: by the kernels here, or by a device that is checked against the reference. */
export async function predict(
  context: Context,
  given: string,
  images: readonly string[],
  options: { device?: string; top: number },
): Promise<'ok' | 'refused'> {
  const loaded = await loadModel(context, given);
  if (loaded.model.input.channels !== 3)
    throw new CliError(
      'refused',
      'INPUT_NOT_RGB',
      `The model takes ${loaded.model.input.channels} channels, not RGB.`,
      { where: loaded.name },
    );
  const device = options.device && (await findDevice((await context.connect()).api, options.device, loaded.digest));
  // The reference judges a device; without one, the fast engine computes the same integers.
  const engine = await createEngine(loaded.model, device ? {} : await readKernels());
  const predictions: Prediction[] = [];
  for (const image of images) {
    const pixels = await decodeImage(path.resolve(context.directory, image), image, loaded.model.input);
    const startedAt = performance.now();
    const logits = engine.run(pixels);
    const own = toPrediction(image, logits, loaded, performance.now() - startedAt, options.top);
    if (!device) predictions.push(own);
    else {
      const answer = await askDevice(device, pixels);
      const agrees = answer.modelDigest === loaded.digest && answer.logits.join() === logits.join();
      predictions.push({
        ...toPrediction(image, Int32Array.from(answer.logits), loaded, answer.milliseconds, options.top),
        agrees,
      });
    }
  }
  const model = { name: loaded.name, digest: loaded.digest };
  report(context, { model, ...(device ? { device: options.device } : { engine: engine.kind }), predictions }, () =>
    tell(context, predictions, device ? null : engine),
  );
  return predictions.some(({ agrees }) => agrees === false) ? 'refused' : 'ok';
}

function toPrediction(
  image: string,
  logits: Int32Array,
  { model }: LoadedModel,
  milliseconds: number,
  top: number,
): Prediction {
  const { index, probabilities } = decide(logits, model.logitScale);
  const ranked = probabilities
    .map((probability, label) => ({
      class: model.classes[label] ?? `${label}`,
      probability,
      logit: logits[label] ?? 0,
    }))
    .sort((a, b) => b.logit - a.logit) // stable: the first one wins a tie, as on devices
    .slice(0, top)
    .map(({ logit: _, ...rest }) => rest);
  return {
    ...{ image, class: model.classes[index] ?? `${index}`, classIndex: index, top: ranked, logits: [...logits] },
    milliseconds: Math.round(milliseconds * 1_000) / 1_000,
  };
}

function tell({ screen }: Context, predictions: readonly Prediction[], engine: InferenceEngine | null): void {
  const rows = predictions.map(({ image, top, milliseconds, agrees }) => [
    image,
    ...top.map((one) => `${one.class} ${formatShare(one.probability)}`),
    `${milliseconds.toFixed(1)} ms`,
    ...(agrees === undefined ? [] : [agrees ? 'agrees with the reference' : 'DISAGREES with the reference']),
  ]);
  for (const line of formatTable(rows)) screen.line(line, line.includes('DISAGREES') ? 'bad' : undefined);
  if (engine?.reason) screen.line(`In plain TypeScript, which is slow. ${engine.reason}`);
}
