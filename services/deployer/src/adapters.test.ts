import type { IoTClient } from '@aws-sdk/client-iot';
import { expect, it } from 'vitest';
import { createFleet } from './adapters.ts';

it.each([
  ['dropforge-devices', 'dropforge-devices-prod'],
  ['dropforge-devices-prod', 'dropforge-devices-prod'],
  ['greenhouse', 'greenhouse'],
])('the group %s of a recipe is the thing group %s of the stage', async (asked, name) => {
  const inputs: unknown[] = [];
  const send = async ({ input }: { input: { thingGroupName: string } }) => {
    inputs.push(input.thingGroupName);
    return { thingGroupArn: `arn:${input.thingGroupName}`, things: ['b', 'a'] };
  };
  const client = { send } as unknown as IoTClient; // as much as is used
  const group = await createFleet(client, 'dropforge-devices-prod').group(asked);
  expect(group).toEqual({ arn: `arn:${name}`, things: ['a', 'b'] });
  expect(inputs).toEqual([name, name]);
});
