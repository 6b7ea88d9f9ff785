import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { predict, runReference, writeModel } from '@dropforge/quantized-inference';
import { lmnetV1 } from '@dropforge/quantized-inference/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runId, view } from '../testing/example-runs.ts';
import { type FakeApi, listen, startFakeApi } from '../testing/fake-api.ts';
import { type CommandOptions, runCommand } from '../testing/run-command.ts';
import { decodeImage } from './decode-image.ts';

const model = lmnetV1({ classes: 3, side: 16, seed: 4 });
const file = Buffer.from(writeModel(model));
const modelDigest = createHash('sha256').update(file).digest('hex');
let directory = '';
let store: Server;
let device: Server;
let api: FakeApi;
let served = file;
let deviceError = 0;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-predict-'));
  writeFileSync(path.join(directory, 'm.safetensors'), file);
  await sharp({ create: { width: 40, height: 30, channels: 3, background: '#3070a0' } })
    .png()
    .toFile(path.join(directory, 'a.png'));
  store = createServer((_request, response) => response.end(served));
  device = createServer(async (request, response) => {
    const pixels = Buffer.concat(await request.toArray());
    const logits = [...runReference(model, pixels)].map((logit) => logit + deviceError);
    response.end(
      JSON.stringify({ modelId: 'pets-1', modelDigest, class: '', classIndex: 0, logits, milliseconds: 1.5 }),
    );
  });
  const [storeUrl, predictUrl] = [await listen(store), await listen(device)];
  const files = [{ name: 'model.safetensors', bytes: file.length, url: storeUrl }];
  const shown = {
    modelId: 'pets-1',
    modelDigest,
    runId,
    createdAt: '2026-08-02T10:15:00Z',
    classes: [...model.classes],
    input: { height: 16, width: 16, channels: 3 },
  };
  const lamp = {
    thing: 'lamp',
    architecture: 'armv7l',
    status: 'alive',
    lastSeenAt: null,
    activeModel: { modelId: 'pets-1', modelDigest },
    predictUrl,
  };
  api = await startFakeApi({
    listModels: () => ({ models: [{ modelId: 'pets-1' }] }),
    showModel: () => ({ ...shown, files }),
    showRun: () => view({ state: 'rejected', ended: true }),
    listFiles: () => ({ files: [{ ...files[0], name: 'artifact/t1/model.safetensors' }] }),
    listDevices: () => ({
      devices: [lamp, { ...lamp, thing: 'other', activeModel: { modelId: 'cars-2', modelDigest: 'ab'.repeat(32) } }],
    }),
  });
});

afterAll(() => {
  for (const server of [store, device, api]) server.close();
  rmSync(directory, { recursive: true });
});

const run = (args: readonly string[], options: CommandOptions = {}) =>
  runCommand(['predict', '--api', api.url, ...args], { directory, ...options });

describe('predict', () => {
  it('gives the same from a file, a model id, a run that was refused, and a device', async () => {
    const logits = [...runReference(model, await decodeImage(path.join(directory, 'a.png'), 'a.png', model.input))];
    const { index, probabilities } = predict(Int32Array.from(logits), model.logitScale);
    for (const args of [['m.safetensors'], ['pets-1'], ['pe'], [runId], ['pets-1', '--device', 'lamp']]) {
      const { code, json } = await run([args[0] ?? '', 'a.png', ...args.slice(1), '--json']);
      expect(code, args[0]).toBe(0);
      expect(json()).toMatchObject({
        model: { digest: modelDigest },
        predictions: [
          {
            image: 'a.png',
            class: `class ${index}`,
            classIndex: index,
            logits,
            top: [{ class: `class ${index}`, probability: probabilities[index] }, {}, {}],
          },
        ],
      });
    }
  });

  it('is a line for each image', async () => {
    const { out } = await run(['pets-1', 'a.png', 'a.png', '--top', '1']);
    expect(out).toMatch(/^(a\.png {2}class \d \d+\.\d % {2}\d+\.\d ms\n){2}$/);
  });

  it('fails when a device does not agree with the reference', async () => {
    deviceError = 1;
    const { code, out } = await run(['pets-1', 'a.png', '--device', 'lamp']);
    deviceError = 0;
    expect(code).toBe(1);
    expect(out).toContain('DISAGREES with the reference');
  });

  it('does not ask a device that runs another model, or that is not there', async () => {
    expect(await run(['pets-1', 'a.png', '--device', 'other'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('The device runs cars-2. (DEVICE_HAS_ANOTHER_MODEL)'),
    });
    expect(await run(['pets-1', 'a.png', '--device', 'nobody'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('There are: lamp, other.'),
    });
  });

  it('never uses a model file that was changed', async () => {
    served = Buffer.from(file);
    served.writeUInt8(served.readUInt8(file.length - 1) ^ 1, file.length - 1);
    const { code, err } = await run(['pets-1', 'a.png']);
    served = file;
    expect(code).toBe(1);
    expect(err).toContain('(MODEL_DAMAGED)');
  });

  it.each([
    ['cut.safetensors', file.subarray(0, 1_000), 'TRUNCATED'],
    ['text.safetensors', Buffer.from('not a model at all'), 'TOO_LARGE'],
  ])('refuses the model %s', async (name, content, code) => {
    writeFileSync(path.join(directory, name), content);
    expect(await run([name, 'a.png'])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`(${code})\n  where: ${name}`),
    });
  });

  it.each([
    ['text.png', async () => Buffer.from('no image'), 'unsupported image format'],
    [
      'cut.jpg',
      async () =>
        (
          await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
            .jpeg()
            .toBuffer()
        ).subarray(0, -12),
      '',
    ],
    [
      'a.webp',
      () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
          .webp()
          .toBuffer(),
      'trained on JPEG and PNG',
    ],
    [
      'svg.png',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'trained on JPEG and PNG',
    ],
    [
      'print.jpg',
      () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
          .toColourspace('cmyk')
          .jpeg()
          .toBuffer(),
      'CMYK',
    ],
  ])('refuses the image %s', async (name, content, hint) => {
    writeFileSync(path.join(directory, name), await content());
    const { code, err } = await run(['m.safetensors', name]);
    expect(code).toBe(1);
    expect(err).toContain(hint);
    expect(err).toContain(`(IMAGE_UNREADABLE)\n  where: ${name}`);
  });
});
