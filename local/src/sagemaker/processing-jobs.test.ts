import { CreateProcessingJobCommand, StopProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import { processingJobStateChange } from '@dropforge/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { input, outputs, processingRequest, startSageMaker, type World } from './testing/start-sagemaker.ts';

let world: World;
beforeAll(async () => {
  world = await startSageMaker();
});
afterAll(() => world.dispose());

describe('a processing job', () => {
  it('finds its inputs, leaves its outputs in the bucket, and its exit message in Describe', async () => {
    await world.put('models/m/model.tar.gz', 'packed');
    await world.put('config/conversion.json', '{}');
    const script = `cd "$SAGEMAKER_BASE_DIR/processing" && mkdir output/artifact/deep &&
      cat input/model/model.tar.gz input/config/conversion.json > output/artifact/deep/all &&
      echo seen > output/verification/v.json && printf 'converted, ünïcode' > ../output/message`;
    await world.process('whole', script, {
      ProcessingInputs: [input('model', 's3://bucket/models/m/model.tar.gz'), input('config', 's3://bucket/config/')],
      ProcessingOutputConfig: outputs(['artifact', 's3://bucket/artifact/'], ['verification', 's3://bucket/v']),
    });
    expect(await world.processed('whole')).toMatchObject({
      ProcessingJobStatus: 'Completed',
      ExitMessage: 'converted, ünïcode',
    });
    expect((await world.get('artifact/deep/all'))?.toString()).toBe('packed{}');
    expect(await world.keys('v/')).toEqual(['v/v.json']);
  });

  it('tells each change in an event of the form that the services read, its times as numbers', async () => {
    await world.process('told', 'true');
    await world.processed('told');
    expect(world.told('told')).toEqual(['InProgress', 'Completed']);
    const event = world.events.findLast(({ resources }) => resources[0]?.endsWith('processing-job/told'));
    expect(processingJobStateChange.detail.parse(event?.detail)).toMatchObject({ ProcessingJobStatus: 'Completed' });
    expect(event).toMatchObject({
      detailType: 'SageMaker Processing Job State Change',
      detail: { CreationTime: expect.any(Number), ProcessingEndTime: expect.any(Number) },
    });
  });

  it('that fails says so, with its exit message, and leaves what it has', async () => {
    const script = `cd "$SAGEMAKER_BASE_DIR"; echo part > processing/output/artifact/part; echo no > output/message; exit 1`;
    await world.process('unhappy', script, { ProcessingOutputConfig: outputs(['artifact', 's3://bucket/parts/']) });
    expect(await world.processed('unhappy')).toMatchObject({
      ProcessingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: , exit code: 1',
      ExitMessage: 'no\n',
    });
    expect(await world.keys('parts/')).toEqual(['parts/part']);
  });

  it('has an exit message of 1 KB at most, cut between characters', async () => {
    await world.process(
      'wordy',
      `yes é | head -n 2000 | tr -d '\\n' | cut -c1-2001 > "$SAGEMAKER_BASE_DIR/output/message"`,
    );
    expect((await world.processed('wordy')).ExitMessage).toBe('é'.repeat(512));
  });

  it('fails when an input is not there', async () => {
    await world.process('hungry', 'true', { ProcessingInputs: [input('model', 's3://bucket/nothing/')] });
    expect((await world.processed('hungry')).FailureReason).toBe(
      'ClientError: No S3 objects found under S3 URL "s3://bucket/nothing/".',
    );
  });

  it('fails when a key would leave the folder of its input', async () => {
    await world.put('evil/../../../job.json', '{}');
    await world.process('climber', 'true', { ProcessingInputs: [input('model', 's3://bucket/evil/')] });
    expect((await world.processed('climber')).FailureReason).toMatch(/^ClientError: The key .* leaves its folder\.$/);
  });

  it('fails when its output cannot be taken', async () => {
    await world.process('nowhere', 'echo x > "$SAGEMAKER_BASE_DIR/processing/output/artifact/x"', {
      ProcessingOutputConfig: outputs(['artifact', 's3://no-such-bucket/x/']),
    });
    expect((await world.processed('nowhere')).FailureReason).toBe('ClientError: The specified bucket does not exist');
  });

  it('can be stopped', async () => {
    await world.process('long', 'while :; do sleep 0.1; done');
    await world.client.send(new StopProcessingJobCommand({ ProcessingJobName: 'long' }));
    expect((await world.processed('long')).ProcessingJobStatus).toBe('Stopped');
  });

  it.each(['/etc', '/opt/ml/processing/../../../etc', '/opt/ml/output', 'relative', '/opt/ml/processing/\0'])(
    'is refused with the local path %j',
    async (path) => {
      const request = processingRequest('refused', world.image('true'), {
        ProcessingInputs: [input('model', 's3://bucket/models/', path)],
      });
      await expect(world.client.send(new CreateProcessingJobCommand(request))).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('LocalPath must begin with /opt/ml/processing/'),
      });
    },
  );
});
