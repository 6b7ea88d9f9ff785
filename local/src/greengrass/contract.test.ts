import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2';
import { startEndpoint } from '../testing/start-endpoint.ts';
import { describeGreengrassContract } from './contract.ts';
import { createGreengrass } from './create-greengrass.ts';

describeGreengrassContract('the stand-in', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dropforge-greengrass-'));
  const greengrass = createGreengrass({
    database: new DatabaseSync(':memory:'),
    directory,
    region: 'eu-west-1',
    accountId: '000000000000',
    devices: [],
    groupsOf: () => [],
    environmentForAgents: () => ({}),
    readObject: async () => undefined,
    putEvent: () => undefined,
    now: () => new Date(),
    log: () => undefined,
  });
  const endpoint = await startEndpoint({ greengrass: greengrass.handle });
  const client = new GreengrassV2Client(endpoint.settings);
  return {
    client,
    componentName: 'contract',
    componentsArn: 'arn:aws:greengrass:eu-west-1:000000000000:components',
    groupArn: 'arn:aws:iot:eu-west-1:000000000000:thinggroup/contract',
    async dispose() {
      client.destroy();
      await endpoint.close();
      await greengrass.stop();
      rmSync(directory, { recursive: true });
    },
  };
});
