import { S3Client } from '@aws-sdk/client-s3';
import { describeS3Contract } from '../../../local/src/s3/contract.ts';
import { name, newName, settings } from './target.ts';

describeS3Contract(name, async () => {
  const client = new S3Client({ ...settings, forcePathStyle: true });
  return { client, newBucketName: newName, dispose: async () => client.destroy() };
});
