import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { S3Client } from '@aws-sdk/client-s3';
import { trainingJobStateChange } from '@dropforge/events';
import { describe, expect, it } from 'vitest';
import { createSay, found, listDrops } from './adapters.ts';
import type { DropObject } from './ports.ts';

const awsError = (name: string) => Object.assign(new Error(name), { name });

describe("Describe's answer", () => {
  it('can be said as the event that SageMaker did not send', async () => {
    const detail = await found(async () => ({
      $metadata: { httpStatusCode: 200 },
      TrainingJobName: 'df-dev-train-x',
      TrainingJobStatus: 'Failed',
      FailureReason: '',
      LastModifiedTime: new Date('2026-01-01T00:00:00Z'),
    }));
    expect(detail).not.toHaveProperty('$metadata');
    const said = JSON.parse(JSON.stringify(detail)); // as the bus carries it
    expect(trainingJobStateChange.detail.parse(said)).toMatchObject({
      TrainingJobStatus: 'Failed',
      LastModifiedTime: Date.UTC(2026, 0, 1),
    });
  });

  it.each(['ResourceNotFound', 'ValidationException'])('is none when there is no such job: %s', async (name) => {
    expect(await found(() => Promise.reject(awsError(name)))).toBeUndefined();
  });

  it('is not taken for an absence when AWS is down', async () => {
    await expect(found(() => Promise.reject(awsError('ThrottlingException')))).rejects.toThrow('ThrottlingException');
  });
});

describe('saying', () => {
  const bus = (answer: object) => ({ send: async () => answer }) as unknown as EventBridgeClient; // as much as is used

  it('is done when the bus took the event', async () => {
    const say = createSay(bus({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }), 'dropforge');
    await expect(say('Object Created', {})).resolves.toBeUndefined();
  });

  it('has failed when the bus refused it, although the call succeeded', async () => {
    const say = createSay(bus({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }), 'dropforge');
    await expect(say('Object Created', {})).rejects.toThrow(
      'The bus did not take "Object Created": ThrottlingException.',
    );
  });
});

it('lists the newest version of every drop, page by page, without delete markers', async () => {
  const LastModified = new Date('2026-01-01T00:00:00Z');
  const version = (Key: string, VersionId: string, IsLatest = true) => ({
    Key,
    VersionId,
    IsLatest,
    LastModified,
    Size: 1,
    ETag: '"e"',
  });
  const pages = [
    {
      IsTruncated: true,
      NextKeyMarker: 'a',
      NextVersionIdMarker: '2',
      Versions: [version('a', '2'), version('a', '1', false)],
    },
    { IsTruncated: false, Versions: [version('b', 'null')], DeleteMarkers: [{ Key: 'c', IsLatest: true }] },
  ];
  const asked: unknown[] = [];
  const send = async ({ input }: { input: unknown }) => {
    asked.push(input);
    return pages[asked.length - 1];
  };
  const listed: DropObject[] = [];
  const client = { send } as unknown as S3Client; // as much as is used
  for await (const object of listDrops(client, 'dropforge')) listed.push(object);
  expect(listed).toEqual([
    { key: 'a', size: 1, etag: 'e', lastModified: LastModified, versionId: '2' },
    { key: 'b', size: 1, etag: 'e', lastModified: LastModified },
  ]);
  expect(asked).toEqual([
    { Bucket: 'dropforge', Prefix: 'drops/' },
    { Bucket: 'dropforge', Prefix: 'drops/', KeyMarker: 'a', VersionIdMarker: '2' },
  ]);
});
