import {
  CancelDeploymentCommand,
  DeleteComponentCommand,
  DeleteDeploymentCommand,
  GreengrassV2Client,
  paginateListComponentVersions,
  paginateListDeployments,
} from '@aws-sdk/client-greengrassv2';
import { CreateThingGroupCommand, DeleteThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import { describeGreengrassContract } from '../../../local/src/greengrass/contract.ts';
import { isRemote, name, newName, settings } from './target.ts';

describeGreengrassContract(name, async () => {
  const client = new GreengrassV2Client(settings);
  const iot = new IoTClient(settings);
  const componentName = newName();
  const { thingGroupArn: groupArn = '' } = await iot.send(
    new CreateThingGroupCommand({ thingGroupName: componentName }),
  );
  const [, , , region, account] = groupArn.split(':');
  const componentsArn = `arn:aws:greengrass:${region}:${account}:components`;

  async function removeDeployments(): Promise<void> {
    const all = paginateListDeployments({ client }, { targetArn: groupArn, historyFilter: 'ALL' });
    for await (const { deployments = [] } of all) {
      for (const { deploymentId, deploymentStatus } of deployments) {
        if (deploymentStatus === 'ACTIVE') await client.send(new CancelDeploymentCommand({ deploymentId }));
        await client.send(new DeleteDeploymentCommand({ deploymentId }));
      }
    }
  }

  async function removeComponents(): Promise<void> {
    const arn = `${componentsArn}:${componentName}`;
    for await (const { componentVersions = [] } of paginateListComponentVersions({ client }, { arn })) {
      for (const version of componentVersions) await client.send(new DeleteComponentCommand({ arn: version.arn }));
    }
  }

  return {
    client,
    componentName,
    componentsArn,
    groupArn,
    async dispose() {
      if (isRemote) {
        await removeDeployments();
        await removeComponents();
      }
      await iot.send(new DeleteThingGroupCommand({ thingGroupName: componentName }));
      client.destroy();
      iot.destroy();
    },
  };
});
