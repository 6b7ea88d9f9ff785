import { describe, expect, it } from 'vitest';
import { agentReport } from './agent-report.ts';
import { coreDeviceOf, greengrassDeploymentStatusChange } from './greengrass-deployment-status-change.ts';
import { s3ObjectCreated } from './s3-object-created.ts';
import { processingJobStateChange, trainingJobStateChange } from './sagemaker-job-state-change.ts';

describe('S3 "Object Created"', () => {
  const parse = (object: object, rest: object = {}) =>
    s3ObjectCreated.detail.parse({ bucket: { name: 'b' }, object: { key: 'k', ...object }, ...rest });

  it('is taken with every field that newer regions send, and with the few that older ones do', () => {
    const whole = { size: 5, etag: 'b1946ac9', 'version-id': 'IYV3p45BT0ac', sequencer: '00617F08299329D189' };
    expect(parse(whole, { version: '0', 'event-version': '1.0', 'request-id': 'N4N7', requester: '1' })).toMatchObject({
      object: whole,
    });
    expect(parse({})).toEqual({ bucket: { name: 'b' }, object: { key: 'k' } });
  });

  it('is taken for any reason, also one that S3 has yet to think of', () => {
    for (const reason of ['PutObject', 'POST Object', 'CopyObject', 'CompleteMultipartUpload', 'Teleport'])
      expect(parse({}, { reason }).reason).toBe(reason);
  });

  it('keeps its key as it is: nothing is decoded or normalised', () => {
    const keys = [
      'red flower.jpg',
      'a+b',
      'a%20b',
      'é'.normalize('NFC'),
      'é'.normalize('NFD'),
      '🌷',
      '/a',
      'a/',
      'a/../b',
    ];
    for (const key of [...keys, 'x'.repeat(1_024)]) expect(parse({ key }).object.key).toBe(key);
  });

  it('is refused without a key, a bucket or a sensible size', () => {
    for (const object of [{ key: '' }, { key: undefined }, { key: 'x'.repeat(1_025) }, { size: -1 }, { size: 1.5 }])
      expect(() => parse(object)).toThrow();
    expect(() => s3ObjectCreated.detail.parse({ object: { key: 'k' } })).toThrow();
  });
});

describe('SageMaker "Training Job State Change"', () => {
  const parse = (fields: object) =>
    trainingJobStateChange.detail.parse({ TrainingJobName: 'df-train-x', TrainingJobStatus: 'InProgress', ...fields });
  const milliseconds = Date.UTC(2026, 0, 1);

  it.each([
    ['a number of milliseconds', milliseconds],
    ['a string of milliseconds', String(milliseconds)],
    ['ISO 8601', '2026-01-01T00:00:00.000Z'],
    ['ISO 8601 with an offset', '2026-01-01T01:00:00+01:00'],
  ])('has its time as %s', (_, LastModifiedTime) => {
    expect(parse({ LastModifiedTime }).LastModifiedTime).toBe(milliseconds);
  });

  it('is refused with a time that is none', () => {
    expect(() => parse({ LastModifiedTime: 'yesterday' })).toThrow(/not a time: yesterday/);
  });

  it('has its tags as a map, as events do, or as a list, as the API does', () => {
    const tags = { 'dropforge:run-id': 'run-a', team: 'b' };
    expect(parse({ Tags: tags }).Tags).toEqual(tags);
    const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    expect(parse({ Tags: list }).Tags).toEqual(tags);
    expect(parse({ Tags: [] }).Tags).toEqual({});
  });

  it('is taken with any status and with fields that nobody here knows', () => {
    expect(
      parse({ TrainingJobStatus: 'Meditating', SecondaryStatus: 'Deeply', FailureReason: '', Billable: { x: 1 } }),
    ).toEqual({
      TrainingJobName: 'df-train-x',
      TrainingJobStatus: 'Meditating',
      SecondaryStatus: 'Deeply',
      FailureReason: '',
    });
  });
});

it('SageMaker "Processing Job State Change" is taken with its enums in either casing', () => {
  for (const S3UploadMode of ['CONTINUOUS', 'Continuous', 'EndOfJob']) {
    const detail = processingJobStateChange.detail.parse({
      ProcessingJobName: 'df-convert-x',
      ProcessingJobStatus: 'Completed',
      LastModifiedTime: 1_600_000_000_000,
      ProcessingOutputConfig: { Outputs: [{ OutputName: 'artifact', S3Output: { S3UploadMode } }] },
      ProcessingInputs: [],
    });
    expect(detail).toMatchObject({ ProcessingJobStatus: 'Completed', LastModifiedTime: 1_600_000_000_000 });
  }
});

describe('Greengrass "Effective Deployment Status Change"', () => {
  const parse = (fields: object) =>
    greengrassDeploymentStatusChange.detail.parse({ coreDeviceExecutionStatus: 'SUCCEEDED', ...fields });

  it('has its id under either name, without the space that samples have', () => {
    for (const fields of [
      { deploymentId: ' d-1' },
      { 'deployment-id': 'd-1 ' },
      { deploymentId: '', 'deployment-id': 'd-1' },
    ])
      expect(parse(fields).deploymentId).toBe('d-1');
    expect(parse({}).deploymentId).toBe('');
  });

  it.each(['FAILED', 'SUCCEEDED', 'COMPLETED', 'REJECTED', 'CANCELED'])('can be %s', (coreDeviceExecutionStatus) => {
    expect(parse({ coreDeviceExecutionStatus }).coreDeviceExecutionStatus).toBe(coreDeviceExecutionStatus);
  });

  it('keeps what Greengrass says of the error', () => {
    const statusDetails = { errorStack: ['DEPLOYMENT_FAILURE'], errorTypes: [] };
    expect(parse({ statusDetails, reason: 'no space' })).toMatchObject({ statusDetails, reason: 'no space' });
  });

  it('names the core device by its resource, with a colon or a slash, in whatever region the ARN says', () => {
    const arn = (tail: string) => `arn:aws:greengrass:us-east-1:123456789012:coreDevices${tail}`;
    expect(coreDeviceOf([arn(':device-a')])).toBe('device-a');
    expect(coreDeviceOf(['arn:aws:iot:eu-west-1:1:thing/x', arn('/device-a')])).toBe('device-a');
    for (const resources of [[], [arn(':')], [arn(':a:b')], ['arn:aws:greengrass:us-east-1:1:deployments:d']])
      expect(coreDeviceOf(resources)).toBeUndefined();
  });
});

describe("an agent's report", () => {
  const report = {
    thing: 'device-a',
    status: 'alive',
    architecture: 'armv7l',
    agentVersion: '0.1.0',
    activeModel: null,
    sentAt: '2026-01-01T00:00:00.000Z',
  };

  it('is taken with or without a model, a candidate and an address', () => {
    const model = { modelId: 'm', modelDigest: 'ab'.repeat(32) };
    const candidate = { ...model, runId: 'run-mzxw6ytboi2gk3tdmfza', attempt: 2 };
    for (const fields of [{}, { activeModel: model, candidate, predictUrl: 'http://127.0.0.1:1/' }])
      expect(agentReport.message.parse({ ...report, ...fields })).toEqual({ ...report, ...fields });
  });

  it('is refused when a device makes something up', () => {
    for (const fields of [
      { status: 'superb' },
      { architecture: 'z80' },
      { activeModel: { modelId: 'm', modelDigest: 'short' } },
      { sentAt: 1_700_000_000 },
      { thing: 'x'.repeat(129) },
    ])
      expect(() => agentReport.message.parse({ ...report, ...fields })).toThrow();
  });
});
