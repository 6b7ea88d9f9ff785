import type { DeviceView } from '@dropforge/api-contract';
import { z } from 'zod';
import type { ApiClient } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';

const Answer = z.object({
  modelId: z.string(),
  modelDigest: z.string(),
  logits: z.array(z.int()),
  milliseconds: z.number(),
});
export type DeviceAnswer = z.output<typeof Answer>;

const TIMEOUT_MILLISECONDS = 60_000; // a large network on an emulated processor takes its time

/** The device with this name, if it runs exactly this model and says where it answers. */
export async function findDevice(
  api: ApiClient,
  thing: string,
  modelDigest: string,
): Promise<DeviceView & { predictUrl: string }> {
  const { devices } = await api.call('listDevices', {});
  const device = devices.find((one) => one.thing === thing);
  if (!device) {
    const names = devices.map((one) => one.thing).join(', ');
    throw new CliError('notFound', 'NO_SUCH_DEVICE', `There is no device ${thing}.`, {
      action: names ? `There are: ${names}.` : 'No device has reported yet.',
    });
  }
  const { predictUrl, activeModel } = device;
  if (activeModel?.modelDigest !== modelDigest) {
    throw new CliError(
      'conflict',
      'DEVICE_HAS_ANOTHER_MODEL',
      `The device runs ${activeModel?.modelId ?? 'no model'}.`,
      {
        where: thing,
        action: activeModel
          ? `Ask it for that one: dropforge predict ${activeModel.modelId} … --device ${thing}`
          : 'Deliver a model to it first.',
      },
    );
  }
  if (predictUrl === null || !/^https?:\/\//.test(predictUrl)) {
    throw new CliError('unreachable', 'DEVICE_NOT_REACHABLE', 'The device does not say where it answers.', {
      where: thing,
    });
  }
  return { ...device, predictUrl };
}

/** Sends one image as raw bytes to the program on the device. */
export async function askDevice(
  { thing, predictUrl }: { thing: string; predictUrl: string },
  pixels: Uint8Array,
): Promise<DeviceAnswer> {
  const url = `${predictUrl.replace(/\/+$/, '')}/predict`;
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  const response = await fetch(url, { method: 'POST', body: new Uint8Array(pixels), signal, redirect: 'error' }).catch(
    (error: Error) => {
      throw new CliError('unreachable', 'DEVICE_NOT_REACHABLE', `The device does not answer: ${error.message}.`, {
        where: `${thing}, ${url}`,
        action: 'Only programs on the device, or on the same machine as a virtual one, reach it.',
        cause: error,
      });
    },
  );
  const content: unknown = await response.json().catch(() => undefined);
  const answer = Answer.safeParse(content);
  if (response.ok && answer.success) return answer.data;
  const detail = z.object({ detail: z.string() }).safeParse(content).data?.detail ?? `it answered ${response.status}`;
  throw new CliError('refused', 'DEVICE_REFUSED', `The device does not classify the image: ${detail}`, {
    where: `${thing}, ${url}`,
  });
}
