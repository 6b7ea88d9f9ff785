import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { DescribeProcessingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { dynamo, eventBridge, s3, sageMaker } from '@dropforge/aws';
import { createPublish, RetryableError, readConfig } from '@dropforge/handler-kit';
import {
  createDynamoBudgetStore,
  createDynamoRunStore,
  createDynamoSlotLedger,
  jobNames,
  stagePattern,
  wakeNext,
} from '@dropforge/pipeline-state';
import { z } from 'zod';
import type { DropObject, Ports } from './ports.ts';

const Config = z.object({
  STAGE: z.string().regex(stagePattern),
  BUCKET_NAME: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  BUS_NAME: z.string().min(1),
});

/** The ports on AWS. */
export function createPorts(): Ports {
  const { STAGE, BUCKET_NAME, TABLE_NAME, BUS_NAME } = readConfig(Config);
  const jobs = sageMaker();
  const bus = eventBridge();
  const publish = createPublish(bus, BUS_NAME);
  const slots = createDynamoSlotLedger(dynamo(), TABLE_NAME, 'training');
  const budget = createDynamoBudgetStore(dynamo(), TABLE_NAME);
  const runs = createDynamoRunStore(dynamo(), TABLE_NAME);
  return {
    describeTraining: (TrainingJobName) => found(() => jobs.send(new DescribeTrainingJobCommand({ TrainingJobName }))),
    describeConversion: (ProcessingJobName) =>
      found(() => jobs.send(new DescribeProcessingJobCommand({ ProcessingJobName }))),
    say: createSay(bus, BUS_NAME),
    async resay(entry) {
      const sent = await publish([entry]);
      if (!sent.has(entry.eventId)) throw new RetryableError(`The bus did not take ${entry.eventId}.`);
    },
    names: jobNames(STAGE),
    releaseSlot: async (runId) => wakeNext(await slots.release({ runId }), { runs, publish, slots }),
    withdrawBudget: (job) => budget.withdraw(job, new Date()),
    drops: { bucket: BUCKET_NAME, list: () => listDrops(s3(), BUCKET_NAME) },
  };
}

/** One event in our own name. PutEvents refuses an entry without failing, so its answer is read. */
export function createSay(bus: EventBridgeClient, EventBusName: string): Ports['say'] {
  return async (DetailType, detail) => {
    const Entries = [{ EventBusName, Source: 'dropforge.reconciler', DetailType, Detail: JSON.stringify(detail) }];
    const answer = await bus.send(new PutEventsCommand({ Entries }));
    const refused = answer.Entries?.find(({ EventId }) => !EventId);
    if (refused) throw new RetryableError(`The bus did not take "${DetailType}": ${refused.ErrorCode}.`);
  };
}

/** Describe's answer without what the SDK adds; undefined: no such job. */
export async function found(describe: () => Promise<object>): Promise<Record<string, unknown> | undefined> {
  try {
    const { $metadata: _, ...detail } = { $metadata: undefined, ...(await describe()) };
    return detail;
  } catch (error) {
    // Training answers an unknown name with "ValidationException", processing with "ResourceNotFound".
    if (error instanceof Error && ['ResourceNotFound', 'ValidationException'].includes(error.name)) return undefined;
    throw error;
  }
}

/** Newest versions only: the version id is part of what makes a drop a run. */
export async function* listDrops(client: S3Client, Bucket: string): AsyncIterable<DropObject> {
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next) {
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: 'drops/', ...next }),
    );
    for (const { Key, Size = 0, ETag = '', VersionId, LastModified, IsLatest } of page.Versions ?? []) {
      if (!Key || !LastModified || !IsLatest) continue;
      const version = VersionId && VersionId !== 'null' ? { versionId: VersionId } : {};
      yield { key: Key, size: Size, etag: ETag.replaceAll('"', ''), lastModified: LastModified, ...version };
    }
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    next = page.IsTruncated && KeyMarker ? { KeyMarker, ...(VersionIdMarker ? { VersionIdMarker } : {}) } : undefined;
  }
}
