import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeEndpointCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  IoTClient,
  ListThingsCommand,
  paginateListThingsInThingGroup,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { agentReport } from '@dropforge/events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import { createIot } from './create-iot.ts';
import { compileTopicRule } from './topic-rule.ts';

let server: Server;
let client: IoTClient;
let data: IoTDataPlaneClient;
let invoked: { functionKey: string; payload: unknown }[];

beforeEach(async () => {
  invoked = [];
  const endpoint = createAwsEndpoint({ accessKeyId: 'test', ready: Promise.resolve(), onError: console.error });
  server = endpoint.server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP, so not a path
  const iot = createIot({
    database: new DatabaseSync(':memory:'),
    region: 'eu-west-1',
    accountId: '000000000000',
    dataEndpoint: `127.0.0.1:${port}`,
    rules: [{ functionKey: 'deployer-report', sql: agentReport.sql }],
    invokeLater: (functionKey, payload) => invoked.push({ functionKey, payload }),
    log: () => undefined,
  });
  endpoint.register('iot', iot.handle);
  endpoint.register('iotdata', iot.handleData);
  const settings = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  client = new IoTClient(settings);
  data = new IoTDataPlaneClient(settings);
});
afterEach(() => {
  client.destroy();
  data.destroy();
  server.close();
});

describe('IoT', () => {
  it('keeps things and groups as the SDK makes them, in pages', async () => {
    await client.send(new CreateThingGroupCommand({ thingGroupName: 'fleet' }));
    const names = Array.from({ length: 30 }, (_, index) => `device-${String(index).padStart(2, '0')}`);
    for (const thingName of names) {
      await client.send(new CreateThingCommand({ thingName }));
      await client.send(new AddThingToThingGroupCommand({ thingGroupName: 'fleet', thingName }));
    }
    const members: string[] = [];
    const pages = paginateListThingsInThingGroup({ client, pageSize: 12 }, { thingGroupName: 'fleet' });
    for await (const { things = [] } of pages) members.push(...things);
    expect(members).toEqual(names);
    const { thingGroupArn } = await client.send(new DescribeThingGroupCommand({ thingGroupName: 'fleet' }));
    expect(thingGroupArn).toBe('arn:aws:iot:eu-west-1:000000000000:thinggroup/fleet');
    expect((await client.send(new ListThingsCommand({ maxResults: 250 }))).things).toHaveLength(30);
  });

  it('refuses what does not exist by the name that the SDK knows', async () => {
    await expect(client.send(new DescribeThingCommand({ thingName: 'nobody' }))).rejects.toThrow(
      ResourceNotFoundException,
    );
  });

  it('says where to publish', async () => {
    const { endpointAddress } = await client.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
    expect(endpointAddress).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('hands a message to the function of each rule that it fits, with the thing from the topic', async () => {
    const payload = Buffer.from(JSON.stringify({ status: 'alive', thing: 'liar' }));
    await data.send(new PublishCommand({ topic: 'dropforge/devices/device-1/report', qos: 1, payload }));
    await data.send(new PublishCommand({ topic: 'dropforge/devices/device-1/other', payload }));
    await data.send(
      new PublishCommand({ topic: 'dropforge/devices/device-1/report', payload: Buffer.from('no json') }),
    );
    expect(invoked).toEqual([{ functionKey: 'deployer-report', payload: { status: 'alive', thing: 'device-1' } }]);
  });
});

describe('a topic rule', () => {
  it('takes one level for + and the rest for #', () => {
    const rule = compileTopicRule("SELECT *, topic(2) AS second FROM 'a/+/#'");
    expect(rule('a/b/c/d', { x: 1 })).toEqual({ x: 1, second: 'b' });
    expect(rule('b/b/c', {})).toBeUndefined();
  });

  it('is refused when it is another kind of statement', () => {
    expect(() => compileTopicRule("SELECT temperature FROM 'a'")).toThrow(/reads only/);
  });
});
