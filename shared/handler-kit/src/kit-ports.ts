import { dynamo, eventBridge } from '@dropforge/aws';
import { type Cause, type CommitPorts, createDynamoRunStore } from '@dropforge/pipeline-state';
import { z } from 'zod';
import { createPublish } from './publish.ts';
import { readConfig } from './read-config.ts';
import { tellOutcome } from './tell-outcome.ts';
import { once } from './wrap.ts';

const Config = z.object({
  TABLE_NAME: z.string().min(1),
  BUS_NAME: z.string().min(1),
});

/** The run store and the bus of this function, for one invocation. */
export function kitPorts(cause: Cause): CommitPorts {
  return { ...sharedPorts(), cause, told: tellOutcome };
}

const sharedPorts = once((): CommitPorts => {
  const config = readConfig(Config);
  return {
    runs: createDynamoRunStore(dynamo(), config.TABLE_NAME),
    publish: createPublish(eventBridge(), config.BUS_NAME),
    now: () => new Date(),
  };
});
