/** The smaller services, each by its page of https://docs.aws.amazon.com/service-authorization/latest/reference/ */
import type { Permission } from '../policy.ts';
import { arn, type Input, list, type Place, type Rules, text } from './rule.ts';

/** list_awsiot.html */
const thingGroup = (action: string) => (input: Input, place: Place) => [
  { action: `iot:${action}`, resource: arn('iot', `thinggroup/${text(input, 'thingGroupName')}`, place) },
];
export const iot: Rules = {
  DescribeEndpoint: () => [{ action: 'iot:DescribeEndpoint', resource: '*' }],
  DescribeThingGroup: thingGroup('DescribeThingGroup'),
  ListThingsInThingGroup: thingGroup('ListThingsInThingGroup'),
};
export const iotdata: Rules = {
  Publish: (input, place) => [{ action: 'iot:Publish', resource: arn('iot', `topic/${text(input, 'topic')}`, place) }],
};

/** list_amazoneventbridge.html */
export const events: Rules = {
  PutEvents: (input, place) => list(input.Entries).map((entry) => putEvent(entry, place)),
};

function putEvent(entry: Input, place: Place): Permission {
  const bus = text(entry, 'EventBusName') || 'default';
  return {
    action: 'events:PutEvents',
    resource: bus.startsWith('arn:') ? bus : arn('events', `event-bus/${bus}`, place),
    context: { 'events:source': text(entry, 'Source'), 'events:detail-type': text(entry, 'DetailType') },
  };
}

/** list_awssecretsmanager.html */
const onSecret = (action: string) => (input: Input) => [
  { action: `secretsmanager:${action}`, resource: text(input, 'SecretId') },
];
export const secretsmanager: Rules = {
  DescribeSecret: onSecret('DescribeSecret'),
  GetSecretValue: onSecret('GetSecretValue'),
  PutSecretValue: onSecret('PutSecretValue'),
};

/** list_amazonsqs.html; a batch needs the action of its single form. */
const onQueue = (action: string) => (input: Input, place: Place) => {
  const name = text(input, 'QueueName') || text(input, 'QueueUrl').split('/').at(-1);
  return [{ action: `sqs:${action}`, resource: arn('sqs', name ?? '', place) }];
};
export const sqs: Rules = {
  ChangeMessageVisibility: onQueue('ChangeMessageVisibility'),
  DeleteMessage: onQueue('DeleteMessage'),
  DeleteMessageBatch: onQueue('DeleteMessage'),
  GetQueueAttributes: onQueue('GetQueueAttributes'),
  GetQueueUrl: onQueue('GetQueueUrl'),
  ListQueues: () => [{ action: 'sqs:ListQueues', resource: '*' }],
  ReceiveMessage: onQueue('ReceiveMessage'),
  SendMessage: onQueue('SendMessage'),
  SendMessageBatch: onQueue('SendMessage'),
};

/** list_awskeymanagementservice.html */
const onKey = (action: string) => (input: Input, place: Place) => {
  const key = text(input, 'KeyId');
  return [{ action: `kms:${action}`, resource: key.startsWith('arn:') ? key : arn('kms', `key/${key}`, place) }];
};
export const kms: Rules = {
  Decrypt: onKey('Decrypt'),
  DescribeKey: onKey('DescribeKey'),
  Encrypt: onKey('Encrypt'),
  GenerateDataKey: onKey('GenerateDataKey'),
  GenerateMac: onKey('GenerateMac'),
  GetPublicKey: onKey('GetPublicKey'),
  Sign: onKey('Sign'),
  Verify: onKey('Verify'),
  VerifyMac: onKey('VerifyMac'),
};

/** list_awssecuritytokenservice.html: everybody may ask who they are. */
export const sts: Rules = { GetCallerIdentity: () => [] };
