import {
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { failed, ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** The bucket keeps versions, announces its objects, and on AWS lets nobody else in. */
export const bucket: Check = {
  name: 'bucket',
  async examine({ clients: { s3 }, cloud }) {
    const Bucket = await cloud.bucket();
    const [{ Status }, { EventBridgeConfiguration }] = await Promise.all([
      s3.send(new GetBucketVersioningCommand({ Bucket })),
      s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
    ]);
    const faults = [
      ...(Status === 'Enabled' ? [] : ['keeps no versions']),
      ...(EventBridgeConfiguration ? [] : ['does not announce its objects on EventBridge: drops start nothing']),
      ...(cloud.aws.endpoint || (await isClosed(s3, Bucket)) ? [] : ['does not block public access']),
    ];
    if (faults.length > 0) return failed(`${Bucket} ${faults.join(', ')}`, 'Deploy again: the stack sets all of it.');
    return ok(`${Bucket} keeps versions and announces its objects`);
  },
};

async function isClosed(s3: Parameters<Check['examine']>[0]['clients']['s3'], Bucket: string): Promise<boolean> {
  const { PublicAccessBlockConfiguration: block = {} } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  return [block.BlockPublicAcls, block.BlockPublicPolicy, block.IgnorePublicAcls, block.RestrictPublicBuckets].every(
    (flag) => flag === true,
  );
}
