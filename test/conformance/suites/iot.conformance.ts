import {
  DeleteThingCommand,
  DeleteThingGroupCommand,
  IoTClient,
  paginateListThingGroups,
  paginateListThings,
} from '@aws-sdk/client-iot';
import { describeIotContract } from '../../../local/src/iot/contract.ts';
import { name, newName, settings } from './target.ts';

describeIotContract(name, async () => {
  const client = new IoTClient(settings);
  const prefix = newName();
  const ours = (text = '') => text.startsWith(prefix);
  return {
    client,
    prefix,
    async dispose() {
      for await (const { things = [] } of paginateListThings({ client }, {})) {
        for (const { thingName } of things) {
          if (ours(thingName)) await client.send(new DeleteThingCommand({ thingName }));
        }
      }
      for await (const { thingGroups = [] } of paginateListThingGroups({ client }, { namePrefixFilter: prefix })) {
        for (const { groupName } of thingGroups) {
          if (ours(groupName)) await client.send(new DeleteThingGroupCommand({ thingGroupName: groupName }));
        }
      }
      client.destroy();
    },
  };
});
