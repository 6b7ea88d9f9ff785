/** Asks every device to classify the same images, each in its own process on its own architecture. */
import type { DeviceView } from '@dropforge/api-contract';
import { z } from 'zod';
import type { ApiClient } from '../api/api-client.ts';

export interface DeviceAnswer {
  readonly name: string;
  readonly arch: string;
  readonly modelDigest: string;
  readonly predictions: string[];
  /** Of each image, to compare devices bit for bit. */
  readonly logits: number[][];
}

const Answer = z.object({ modelDigest: z.string(), class: z.string(), logits: z.array(z.int()) });

/** `images`: raw pixels, each as large as the model's input. */
export async function askDevices(api: ApiClient, images: readonly Uint8Array[]): Promise<DeviceAnswer[]> {
  const { devices } = await api.call('listDevices', {});
  return Promise.all(devices.map((device) => askDevice(device, images)));
}

async function askDevice(
  { thing, architecture, predictUrl, activeModel }: DeviceView,
  images: readonly Uint8Array[],
): Promise<DeviceAnswer> {
  if (!predictUrl) throw new Error(`${thing} has not said where it answers.`);
  const answers: z.output<typeof Answer>[] = [];
  for (const image of images) {
    const response = await fetch(`${predictUrl}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.from(image),
    });
    if (!response.ok) throw new Error(`${thing} answered ${response.status}: ${await response.text()}`);
    answers.push(Answer.parse(await response.json()));
  }
  return {
    name: thing,
    arch: architecture ?? 'unknown',
    modelDigest: answers[0]?.modelDigest ?? activeModel?.modelDigest ?? '',
    predictions: answers.map((answer) => answer.class),
    logits: answers.map(({ logits }) => logits),
  };
}
