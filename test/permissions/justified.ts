/** What the scenario cannot show: permissions that roles need all the same, and wildcards that AWS leaves no way around. */
import type { Grant } from './find-unused.ts';

export interface Justification {
  /** Functions by key, roles by logical id. */
  readonly roles: RegExp;
  /** `service:Action`, whole. */
  readonly actions: RegExp;
  /** Of the resolved ARN, if not every one. */
  readonly resource?: RegExp;
  readonly reason: string;
}

/** An entry that no unused grant needs any more fails the test: then it is to be removed. */
export const justified: readonly Justification[] = [
  {
    roles: /^[a-z]/,
    actions: /^logs:(CreateLogStream|PutLogEvents)$/,
    reason: "Lambda writes the function's log with the function's role; here logs are files",
  },
  {
    roles: /^[a-z]/,
    actions: /^xray:Put(TraceSegments|TelemetryRecords)$/,
    reason: "Lambda's X-Ray daemon sends traces with the function's role; here nothing is traced",
  },
  {
    roles: /^(Training|Conversion)Role$/,
    actions: /^(logs:\w+|cloudwatch:PutMetricData|ecr:\w+)$/,
    reason: 'SageMaker pulls the image and writes log and metrics with the role; here a job is a process',
  },
  {
    roles: /^(Training|Conversion)Role$/,
    actions: /^s3:AbortMultipartUpload$/,
    reason: 'SageMaker uploads in parts, and takes a broken upload back',
  },
  {
    roles: /^deployer-(request|start)$/,
    actions: /^s3:ListBucket$/,
    reason:
      'a release or an agent that is missing must be told from one that may not be read: S3 answers 403 without it',
  },
  {
    roles: /^webhooks-deliver$/,
    actions: /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$/,
    reason: "Lambda polls the queue of a trigger with the function's role; here the embedded cloud does",
  },
  {
    roles: /^reconciler-sweep$/,
    actions: /^(dynamodb:GetItem|events:PutEvents)$/,
    reason: 'it announces drops that are five minutes old and have no run, which is longer than the test lives',
  },
  {
    roles: /^DeviceRole$/,
    actions: /^s3:GetBucketLocation$/,
    reason: "the Greengrass nucleus asks for the bucket's region before it downloads; the virtual devices do not",
  },
  {
    roles: /^DeviceRole$/,
    actions: /^s3:GetObject$/,
    resource: /bitstreams/,
    reason: 'a board fetches its bitstream with the role; the virtual devices have no FPGA',
  },
];

/** Actions that AWS knows no resources for, by the service authorization reference, with who may use them. */
export const wildcards: readonly { owner: RegExp; actions: RegExp; reason: string }[] = [
  {
    owner: /IamRoleLambdaExecution$/,
    actions: /^xray:Put(TraceSegments|TelemetryRecords)$/,
    reason: 'X-Ray has no resources for what is sent to it',
  },
  {
    owner: /^DeployerDash(request|start)IamRole/,
    actions: /^(greengrass:(CreateDeployment|ListDeployments)|iot:DescribeEndpoint)$/,
    reason: 'no resource types are defined for these actions; what a deployment may target is bound by iot:CreateJob',
  },
  {
    owner: /^(Training|Conversion|ImageBuild)Role$/,
    actions: /^ecr:GetAuthorizationToken$/,
    reason: 'the token is for the registry; what may be pulled is bound by the other ecr actions',
  },
  {
    owner: /^(Training|Conversion)Role$/,
    actions: /^cloudwatch:PutMetricData$/,
    reason: 'the action has no resources; a condition binds the namespace',
  },
  {
    owner: /^JobNetworkPolicy$/,
    actions: /^ec2:Describe(DhcpOptions|NetworkInterfaces|SecurityGroups|Subnets|Vpcs)$/,
    reason: "EC2's descriptions have no resources; the policy exists only where jobs run in a VPC",
  },
  {
    owner: /^DevicePolicy$/,
    actions:
      /^greengrass:(GetComponentVersionArtifact|GetDeploymentConfiguration|ListThingGroupsForCoreDevice|ResolveComponentCandidates)$/,
    reason: "a device asks for AWS's own components as well, whose ARNs have no account",
  },
];

export function covers({ roles, actions, resource }: Justification, grant: Grant): boolean {
  return roles.test(grant.role) && actions.test(grant.action) && (resource?.test(grant.resource) ?? true);
}
