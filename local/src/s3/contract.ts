/**
 * What S3 does, as far as Dropforge relies on it, in sentences. The suite takes nothing but an endpoint, so it can be held
 * against AWS as well as against the stand-in.
 */

import { CreateBucketCommand, DeleteBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeConditions } from './contract/conditions.ts';
import { describeCopies } from './contract/copies.ts';
import { describeDeletes } from './contract/deletes.ts';
import { emptyBucket } from './contract/empty-bucket.ts';
import { describeIntegrity } from './contract/integrity.ts';
import { describeLists } from './contract/lists.ts';
import { describeMultipart } from './contract/multipart.ts';
import { describeObjects } from './contract/objects.ts';
import { describePresigned } from './contract/presigned.ts';
import { describeVersions } from './contract/versions.ts';

/** A service under test. Must be able to create and remove buckets. */
export interface ContractTarget {
  readonly client: S3Client;
  /** A name that is free; for AWS it must be free in the whole world. */
  newBucketName(): string;
  dispose(): Promise<void>;
}

/** What each part of the suite works on. */
export interface Contract {
  client(): S3Client;
  /** A bucket that all tests of the suite share: use keys of your own. */
  bucket(): string;
  /** A bucket of one's own, removed after the suite. */
  newBucket(): Promise<string>;
}

export function describeS3Contract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps S3's contract`, () => {
    let target: ContractTarget | undefined;
    const buckets: string[] = [];

    function connected(): ContractTarget {
      if (!target) throw new Error('the suite has not connected yet');
      return target;
    }

    async function newBucket(): Promise<string> {
      const bucket = connected().newBucketName();
      await connected().client.send(new CreateBucketCommand({ Bucket: bucket }));
      buckets.push(bucket);
      return bucket;
    }

    beforeAll(async () => {
      target = await connect();
      await newBucket();
    });

    afterAll(async () => {
      for (const bucket of buckets) {
        await emptyBucket(connected().client, bucket);
        await connected().client.send(new DeleteBucketCommand({ Bucket: bucket }));
      }
      await target?.dispose();
    });

    const contract: Contract = { client: () => connected().client, bucket: () => buckets[0] ?? '', newBucket };
    describeObjects(contract);
    describeIntegrity(contract);
    describeConditions(contract);
    describePresigned(contract);
    describeLists(contract);
    describeCopies(contract);
    describeMultipart(contract);
    describeDeletes(contract);
    describeVersions(contract);
  });
}
