/** The operations of the REST services that are here, by method and path, as AWS's service models have them. */
export const restOperations: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  // https://docs.aws.amazon.com/greengrass/v2/APIReference/API_Operations.html
  greengrass: [
    ['CreateComponentVersion', 'POST', '/greengrass/v2/createComponentVersion'],
    ['DescribeComponent', 'GET', '/greengrass/v2/components/{arn}/metadata'],
    ['GetComponent', 'GET', '/greengrass/v2/components/{arn}'],
    ['ListComponentVersions', 'GET', '/greengrass/v2/components/{arn}/versions'],
    ['CreateDeployment', 'POST', '/greengrass/v2/deployments'],
    ['ListDeployments', 'GET', '/greengrass/v2/deployments'],
    ['GetDeployment', 'GET', '/greengrass/v2/deployments/{deploymentId}'],
    ['CancelDeployment', 'POST', '/greengrass/v2/deployments/{deploymentId}/cancel'],
    ['ListCoreDevices', 'GET', '/greengrass/v2/coreDevices'],
    ['GetCoreDevice', 'GET', '/greengrass/v2/coreDevices/{coreDeviceThingName}'],
    ['ListEffectiveDeployments', 'GET', '/greengrass/v2/coreDevices/{coreDeviceThingName}/effectiveDeployments'],
    ['TagResource', 'POST', '/tags/{resourceArn}'],
  ],
  // https://docs.aws.amazon.com/iot/latest/apireference/API_Operations_AWS_IoT.html
  iot: [
    ['DescribeEndpoint', 'GET', '/endpoint'],
    ['CreateThing', 'POST', '/things/{thingName}'],
    ['DescribeThing', 'GET', '/things/{thingName}'],
    ['ListThings', 'GET', '/things'],
    ['ListThingGroupsForThing', 'GET', '/things/{thingName}/thing-groups'],
    ['AddThingToThingGroup', 'PUT', '/thing-groups/addThingToThingGroup'],
    ['RemoveThingFromThingGroup', 'PUT', '/thing-groups/removeThingFromThingGroup'],
    ['CreateThingGroup', 'POST', '/thing-groups/{thingGroupName}'],
    ['DescribeThingGroup', 'GET', '/thing-groups/{thingGroupName}'],
    ['ListThingsInThingGroup', 'GET', '/thing-groups/{thingGroupName}/things'],
  ],
  // https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html
  iotdata: [['Publish', 'POST', '/topics/{topic}']],
};
