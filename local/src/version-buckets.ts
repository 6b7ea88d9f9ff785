/** Switches versioning on in the buckets that want it, the way that any client does. */
import { PutBucketVersioningCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { BucketDescription } from './serverless-file/description.ts';

export async function versionBuckets(buckets: BucketDescription[], config: S3ClientConfig): Promise<void> {
  const client = new S3Client(config);
  for (const { name } of buckets.filter(({ versioned }) => versioned)) {
    const VersioningConfiguration = { Status: 'Enabled' } as const; // the client's type knows these words only
    await client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
  }
  client.destroy();
}
