/** The services beside the core that a whole cloud has. Each is one line here and one folder. */
import type { CloudService } from './cloud-service.ts';
import { fleetService } from './greengrass/service.ts';
import { sageMakerService } from './sagemaker/service.ts';
import { slackService } from './slack/slack.ts';
import { webhookTestAddress } from './webhook-test-address.ts';

/** One device of each kind that people are likely to have. */
const devices = [
  { thing: 'device-x86-64', architecture: 'x86_64' },
  { thing: 'device-armv7l', architecture: 'armv7l' },
] as const;

export const localServices: CloudService[] = [
  slackService,
  webhookTestAddress,
  sageMakerService(),
  fleetService({ devices, groupName: 'dropforge-devices' }),
];
