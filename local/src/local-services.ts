/** The services beside the core that a whole cloud has. Each is one line here and one folder. */
import type { CloudService } from './cloud-service.ts';
import type { DeviceDescription } from './greengrass/create-greengrass.ts';
import { fleetService } from './greengrass/service.ts';
import { sageMakerService } from './sagemaker/service.ts';
import { slackService } from './slack/slack.ts';
import { webhookTestAddress } from './webhook-test-address.ts';

/** One device of each kind that people are likely to have, and one with the accelerator where there is a simulated one. */
const devices: DeviceDescription[] = [
  { thing: 'device-x86-64', architecture: 'x86_64' },
  { thing: 'device-armv7l', architecture: 'armv7l' },
  ...(process.env.DF_ENGINE ? [{ thing: 'device-fpga', architecture: 'fpga' } as const] : []),
];

export const localServices: CloudService[] = [
  slackService,
  webhookTestAddress,
  sageMakerService(),
  fleetService({ devices, groupName: 'dropforge-devices' }),
];
