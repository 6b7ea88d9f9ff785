/**
 * Greengrass acts with the rights of its caller: it reads artifacts and handles IoT jobs, and then the caller needs both.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html, "Dependent actions"
 */
import type { Permission } from '../policy.ts';
import { arn, type Input, list, type Place, type Rules, record, text } from './rule.ts';

const onArn = (action: string) => (input: Input) => [{ action: `greengrass:${action}`, resource: text(input, 'arn') }];

/** "…the caller must be able to read the artifacts": https://docs.aws.amazon.com/greengrass/v2/APIReference/API_CreateComponentVersion.html */
function createComponentVersion(input: Input, place: Place): Permission[] {
  const recipe = readRecipe(text(input, 'inlineRecipe'));
  const component = arn('greengrass', `components:${text(recipe, 'ComponentName')}`, place);
  const artifacts = list(recipe.Manifests).flatMap(({ Artifacts }) => list(Artifacts).map((one) => text(one, 'Uri')));
  const tagged = Object.keys(record(input.tags)).length > 0;
  const version = `${component}:versions:${text(recipe, 'ComponentVersion')}`;
  return [
    { action: 'greengrass:CreateComponentVersion', resource: component },
    ...(tagged ? [{ action: 'greengrass:TagResource', resource: version }] : []),
    ...[...new Set(artifacts)].map((uri) => ({
      action: 's3:GetObject',
      resource: uri.replace(/^s3:\/\//, 'arn:aws:s3:::'),
    })),
  ];
}

function readRecipe(base64: string): Input {
  try {
    return record(JSON.parse(Buffer.from(base64, 'base64').toString('utf8')));
  } catch {
    return {}; // the service itself says what is wrong with it
  }
}

/** A deployment to things of a group is an IoT job; one to a single thing goes through its shadow. */
function createDeployment(input: Input, place: Place): Permission[] {
  const target = text(input, 'targetArn');
  const job = arn('iot', 'job/*', place); // the id is Greengrass's choice
  const tagged = Object.keys(record(input.tags)).length > 0;
  const ofGroup: [string, string][] = [
    ['iot:DescribeThingGroup', target],
    ['iot:CreateJob', target],
    ['iot:CreateJob', job],
    ['iot:DescribeJob', job],
    ['iot:UpdateJob', job],
    ['iot:CancelJob', job],
  ];
  const ofThing = ['DescribeThing', 'GetThingShadow', 'UpdateThingShadow', 'DeleteThingShadow'].map(
    (action): [string, string] => [`iot:${action}`, target],
  );
  return [
    { action: 'greengrass:CreateDeployment', resource: '*' },
    ...(tagged ? [{ action: 'greengrass:TagResource', resource: arn('greengrass', 'deployments:*', place) }] : []),
    ...(target.includes(':thinggroup/') ? ofGroup : ofThing).map(([action, resource]) => ({ action, resource })),
  ];
}

/** Whose deployment it is shows only in the answer, so things and groups are both asked for. */
function whatTargetsSay(place: Place): Permission[] {
  return [
    { action: 'iot:DescribeJob', resource: arn('iot', 'job/*', place) },
    { action: 'iot:DescribeThingGroup', resource: arn('iot', 'thinggroup/*', place) },
    { action: 'iot:DescribeThing', resource: arn('iot', 'thing/*', place) },
    { action: 'iot:GetThingShadow', resource: arn('iot', 'thing/*', place) },
  ];
}

const coreDevice = (action: string) => (input: Input, place: Place) => [
  {
    action: `greengrass:${action}`,
    resource: arn('greengrass', `coreDevices:${text(input, 'coreDeviceThingName')}`, place),
  },
];

export const greengrass: Rules = {
  CreateComponentVersion: createComponentVersion,
  CreateDeployment: createDeployment,
  DescribeComponent: onArn('DescribeComponent'),
  GetComponent: onArn('GetComponent'),
  GetCoreDevice: coreDevice('GetCoreDevice'),
  GetDeployment: (input, place) => [
    {
      action: 'greengrass:GetDeployment',
      resource: arn('greengrass', `deployments:${text(input, 'deploymentId')}`, place),
    },
    ...whatTargetsSay(place),
  ],
  ListComponentVersions: onArn('ListComponentVersions'),
  ListCoreDevices: () => [{ action: 'greengrass:ListCoreDevices', resource: '*' }],
  ListDeployments: (_input, place) => [
    { action: 'greengrass:ListDeployments', resource: '*' },
    ...whatTargetsSay(place),
  ],
  ListEffectiveDeployments: coreDevice('ListEffectiveDeployments'),
  TagResource: (input) => [{ action: 'greengrass:TagResource', resource: text(input, 'resourceArn') }],
};
