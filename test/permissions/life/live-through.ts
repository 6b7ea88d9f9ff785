/** Everything that functions do for users, jobs and devices: what happens here is what their roles must allow. */
import type { Cloud } from '@dropforge/local';
import { until } from '../../flow/whole-cloud/user.ts';
import { decline, deliver } from './deliver.ts';
import { callOff, failAndRetry, lackOutputs, uploadLooseFiles } from './go-wrong.ts';
import { addWebhook } from './integrate.ts';
import { comeAgain, findOwnJobs, hearOfDevices, tend } from './recover.ts';
import { worldOf } from './world.ts';

/** Resolves when all of it has happened and nothing is on its way any more. */
export async function liveThrough(cloud: Cloud): Promise<void> {
  const world = worldOf(cloud);
  const webhook = await addWebhook(world);
  await Promise.all(
    [deliver, decline, failAndRetry, lackOutputs, callOff, uploadLooseFiles, findOwnJobs].map((live) => live(world)),
  );
  await Promise.all([tend, comeAgain, hearOfDevices].map((live) => live(world)));
  await webhook.end();
  await until('every event is delivered', async () => cloud.owedDeliveries() === 0 || undefined);
}
