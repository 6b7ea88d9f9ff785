/** Everything that functions do for users, jobs and devices: what happens here is what their roles must allow. */
import { until } from '../../flow/whole-cloud/user.ts';
import type { RecordedCloud } from '../cloud/start-recorded-cloud.ts';
import { failAndRedrive } from './dead-letters.ts';
import { decline, deliver } from './deliver.ts';
import { fallBack, waitForQuota } from './fall-back.ts';
import { callOff, failAndRetry, lackOutputs, uploadLooseFiles } from './go-wrong.ts';
import { addWebhook } from './integrate.ts';
import { comeAgain, findOwnJobs, hearOfDevices, tend } from './recover.ts';
import { worldOf } from './world.ts';

/** Resolves when all of it has happened and nothing is on its way any more. */
export async function liveThrough(recorded: RecordedCloud): Promise<void> {
  const { cloud } = recorded;
  const world = worldOf(recorded);
  const webhook = await addWebhook(world);
  const lives = [deliver, decline, failAndRetry, lackOutputs, callOff, uploadLooseFiles, findOwnJobs];
  await Promise.all([...lives, fallBack, waitForQuota].map((live) => live(world)));
  await Promise.all([tend, comeAgain, hearOfDevices].map((live) => live(world)));
  await failAndRedrive(world);
  await webhook.end();
  await until('every event is delivered', async () => cloud.owedDeliveries() === 0 || undefined);
}
