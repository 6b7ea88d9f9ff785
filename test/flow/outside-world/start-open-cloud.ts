/** The embedded cloud with one device, fake jobs, and webhooks that may go to this machine. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cloud, fleetService, type Program, sageMakerService, slackService, startCloud } from '@dropforge/local';

const root = fileURLToPath(new URL('../../..', import.meta.url));
export const deviceGroup = 'dropforge-devices';

export function startOpenCloud(directory: string): Promise<Cloud> {
  const devices = [{ thing: 'device-1', architecture: 'x86_64' as const }];
  return startCloud({
    directory,
    serverlessFile: join(root, 'serverless.yml'),
    services: [
      slackService,
      sageMakerService({ programOf, quota: { training: 4, processing: 4 } }),
      fleetService({ devices, groupName: deviceGroup, watchSeconds: 0.2 }),
      () => ({ environment: { WEBHOOK_TEST_ADDRESS: '127.0.0.1' } }),
    ],
    firstRetryMilliseconds: 50,
  });
}

/** The converter of the permission tests makes an artifact that a device can run. */
function programOf(image: string): Program {
  const file = image.includes('train-') ? '../whole-cloud/fake-trainer.ts' : '../../permissions/cloud/converter.ts';
  const path = fileURLToPath(new URL(file, import.meta.url));
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', path] as const;
  return { command, environment: { PATH: process.env.PATH ?? '' } };
}
