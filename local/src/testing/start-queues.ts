/** Queues with an endpoint and a clock that stands still, for tests. */
import { rmSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import { startQueues } from '../queues/start-queues.ts';
import type { FunctionDescription, QueueDescription } from '../serverless-file/description.ts';
import { openDatabase } from '../state/database.ts';
import { FakeClock } from './fake-clock.ts';
import { startEndpoint } from './start-endpoint.ts';
import { stateFolder } from './state-folder.ts';

export interface TestQueuesOptions<AnyClock extends Clock> {
  readonly queues: QueueDescription[];
  readonly functions?: FunctionDescription[];
  readonly clock?: AnyClock;
}

export async function startTestQueues<AnyClock extends Clock = FakeClock>(options: TestQueuesOptions<AnyClock>) {
  const clock = options.clock ?? new FakeClock();
  const directory = stateFolder('sqs');
  const description = { queues: options.queues, functions: options.functions ?? [], region: 'eu-west-1' };
  const open = () => {
    const database = openDatabase(directory);
    const onError = (error: unknown) => {
      throw error;
    };
    return { database, ...startQueues({ description, database, clock, onError }) };
  };
  let running = open();
  const endpoint = await startEndpoint({ sqs: (request, response) => running.handle(request, response) });
  const client = new SQSClient({ ...endpoint.settings, useQueueUrlAsEndpoint: false });
  return {
    client,
    clock: clock as AnyClock & FakeClock, // a test that gives its own clock knows what it gave
    get queues() {
      return running.queues;
    },
    get startMappings() {
      return running.startMappings;
    },
    /** What a restart of the cloud does to its queues. */
    restart() {
      running.close();
      running.database.close();
      running = open();
    },
    async stop() {
      client.destroy();
      running.close();
      await endpoint.close();
      running.database.close();
      rmSync(directory, { recursive: true });
    },
  };
}
