import { DatabaseSync } from 'node:sqlite';
import { IoTClient } from '@aws-sdk/client-iot';
import { startEndpoint } from '../testing/start-endpoint.ts';
import { describeIotContract } from './contract.ts';
import { createIot } from './create-iot.ts';

describeIotContract('the stand-in', async () => {
  const iot = createIot({
    database: new DatabaseSync(':memory:'),
    region: 'eu-west-1',
    accountId: '000000000000',
    dataEndpoint: '127.0.0.1:8883',
    rules: [],
    invokeLater: () => undefined,
    log: () => undefined,
  });
  const endpoint = await startEndpoint({ iot: iot.handle });
  const client = new IoTClient(endpoint.settings);
  return {
    client,
    prefix: 'contract',
    async dispose() {
      client.destroy();
      await endpoint.close();
    },
  };
});
