import { EventBridgeClient, TestEventPatternCommand } from '@aws-sdk/client-eventbridge';
import { jsonService } from '../aws-endpoint/json-protocol.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { startEndpoint } from '../testing/start-endpoint.ts';
import { describeEventBridgeContract } from './contract.ts';
import { createEventBus } from './event-bus.ts';
import { putEvents } from './put-events.ts';
import { testEventPattern } from './test-event-pattern.ts';

describeEventBridgeContract('the stand-in', async () => {
  const description = { accountId: '000000000000', region: 'eu-west-1', functions: [] };
  const bus = createEventBus({ description, deliverer: { accept: () => undefined }, clock: new FakeClock() });
  const endpoint = await startEndpoint({
    events: jsonService({ PutEvents: (input) => putEvents(bus, input), TestEventPattern: testEventPattern }),
  });
  const client = new EventBridgeClient(endpoint.settings);
  return {
    client,
    busName: 'contract',
    async matches(pattern, event) {
      const texts = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify(event) };
      return (await client.send(new TestEventPatternCommand(texts))).Result === true;
    },
    async dispose() {
      client.destroy();
      await endpoint.close();
    },
  };
});
