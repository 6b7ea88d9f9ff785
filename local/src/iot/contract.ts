/**
 * What AWS IoT does, as far as Dropforge relies on it, in sentences, for the stand-in and for AWS alike.
 * https://docs.aws.amazon.com/iot/latest/apireference/
 */
import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeEndpointCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  type IoTClient,
  ListThingGroupsForThingCommand,
  ListThingsInThingGroupCommand,
  RemoveThingFromThingGroupCommand,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A service under test. */
export interface ContractTarget {
  readonly client: IoTClient;
  /** Begins the names of everything that the suite creates. */
  readonly prefix: string;
  /** Removes every thing and group whose name begins so. */
  dispose(): Promise<void>;
}

export function describeIotContract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps IoT's contract`, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await connect();
    });
    afterAll(() => target?.dispose());

    const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    const named = (suffix: string) => `${target.prefix}-${suffix}`;
    const createThing = (thingName: string) => target.client.send(new CreateThingCommand({ thingName }));
    const createGroup = (thingGroupName: string) => target.client.send(new CreateThingGroupCommand({ thingGroupName }));
    const add = (thingGroupName: string, thingName: string) =>
      target.client.send(new AddThingToThingGroupCommand({ thingGroupName, thingName }));
    const things = async (thingGroupName: string) =>
      (await target.client.send(new ListThingsInThingGroupCommand({ thingGroupName }))).things;

    it('creates a thing and describes it with its ARN', async () => {
      const thingName = named('thing');
      const { thingArn } = await createThing(thingName);
      expect(thingArn).toMatch(new RegExp(`^arn:aws:iot:[a-z0-9-]+:\\d{12}:thing/${thingName}$`));
      const described = await target.client.send(new DescribeThingCommand({ thingName }));
      expect(described).toMatchObject({ thingName, thingArn, attributes: {}, version: 1 });
    });

    it('creates the same thing or group again without a word', async () => {
      const first = await createThing(named('twice'));
      expect((await createThing(named('twice'))).thingArn).toBe(first.thingArn);
      const group = await createGroup(named('group-twice'));
      expect((await createGroup(named('group-twice'))).thingGroupArn).toBe(group.thingGroupArn);
    });

    it('keeps who is in a group, in both directions', async () => {
      const [group, one, two] = [named('group'), named('one'), named('two')];
      const { thingGroupArn } = await createGroup(group);
      expect(thingGroupArn).toMatch(new RegExp(`:thinggroup/${group}$`));
      expect(await things(group)).toEqual([]);
      for (const thing of [one, two]) {
        await createThing(thing);
        await add(group, thing);
      }
      await add(group, one);
      expect((await things(group))?.toSorted()).toEqual([one, two]);
      const { thingGroups } = await target.client.send(new ListThingGroupsForThingCommand({ thingName: one }));
      expect(thingGroups).toEqual([{ groupName: group, groupArn: thingGroupArn }]);
      await target.client.send(new RemoveThingFromThingGroupCommand({ thingGroupName: group, thingName: one }));
      expect(await things(group)).toEqual([two]);
      const described = await target.client.send(new DescribeThingGroupCommand({ thingGroupName: group }));
      expect(described).toMatchObject({ thingGroupName: group, thingGroupArn });
    });

    it('lists a group in pages that together name everybody once', async () => {
      const group = named('pages');
      await createGroup(group);
      const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => named(`page-${letter}`));
      for (const thing of names) {
        await createThing(thing);
        await add(group, thing);
      }
      const found: string[] = [];
      let nextToken: string | undefined;
      do {
        const command = new ListThingsInThingGroupCommand({ thingGroupName: group, maxResults: 2, nextToken });
        const page = await target.client.send(command);
        expect(page.things?.length).toBeLessThanOrEqual(2);
        found.push(...(page.things ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
      expect(found.toSorted()).toEqual(names);
    });

    it('knows nothing and nobody that was not created', async () => {
      const thingName = named('nobody');
      const thingGroupName = named('nowhere');
      await createThing(named('somebody'));
      await expect(target.client.send(new DescribeThingCommand({ thingName }))).rejects.toMatchObject(missing);
      await expect(target.client.send(new DescribeThingGroupCommand({ thingGroupName }))).rejects.toMatchObject(
        missing,
      );
      await expect(things(thingGroupName)).rejects.toMatchObject(missing);
      await expect(add(thingGroupName, named('somebody'))).rejects.toMatchObject(missing);
    });

    it('refuses a name with a space', async () => {
      await expect(createThing(named('a b'))).rejects.toMatchObject({
        name: 'InvalidRequestException',
        $metadata: { httpStatusCode: 400 },
      });
    });

    it('says where devices connect: a host without a scheme', async () => {
      const command = new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' });
      const { endpointAddress } = await target.client.send(command);
      expect(endpointAddress).toMatch(/^[a-z0-9.-]+(:\d+)?$/);
    });
  });
}
