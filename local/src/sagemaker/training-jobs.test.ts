import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CreateTrainingJobCommand, ListTagsCommand, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { trainingJobStateChange } from '@dropforge/events';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channel, startSageMaker, trainingRequest, type World } from './testing/start-sagemaker.ts';

let world: World;
beforeAll(async () => {
  world = await startSageMaker({ graceMilliseconds: 300 });
});
afterAll(() => world.dispose());

/** Names and contents of the files in a job's model.tar.gz. */
async function model(job: string): Promise<Record<string, string>> {
  const archive = await world.get(`out/${job}/output/model.tar.gz`);
  const files: Record<string, string> = {};
  const reader = extract();
  reader.end(archive && gunzipSync(archive));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array)); // what tar streams are made of
    files[entry.header.name] = Buffer.concat(chunks).toString();
  }
  return files;
}

/** Whether the process whose id is in a file goes on; one that only waits for its parent does not. */
function isRunning(file: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${readFileSync(file, 'utf8').trim()}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a training job', () => {
  it('finds its channels, its hyperparameters and its root, and leaves its model in the bucket', async () => {
    await world.put('data/a/1.txt', 'one');
    await world.put('data/b c+ü.txt', 'two');
    await world.put('config/t1/training.json', '{}');
    const script = `cd "$SAGEMAKER_BASE_DIR" && mkdir model/deep &&
      cat input/data/dataset/a/1.txt "input/data/dataset/b c+ü.txt" > model/deep/both.txt &&
      cp input/config/hyperparameters.json model/ && echo $TRAINING_JOB_NAME $KIND > model/name.txt && ls input/data/config`;
    await world.train('whole', script, {
      InputDataConfig: [channel('dataset', 's3://bucket/data/'), channel('config', 's3://bucket/config/t1/')],
      HyperParameters: { rate: '0.1' },
      Environment: { KIND: 'fine' },
    });
    expect(await world.trained('whole')).toMatchObject({
      TrainingJobStatus: 'Completed',
      SecondaryStatus: 'Completed',
    });
    expect(await model('whole')).toEqual({
      'deep/both.txt': 'onetwo',
      'hyperparameters.json': '{"rate":"0.1"}',
      'name.txt': 'whole fine\n',
    });
  });

  it('tells each change in an event of the form that the services read, its times as strings and its tags as a map', async () => {
    await world.train('told', 'true', { Tags: [{ Key: 'dropforge:run-id', Value: 'run-x' }] });
    await world.trained('told');
    const events = world.events.filter(({ resources }) => resources[0]?.endsWith('training-job/told'));
    expect(events.map(({ detail }) => trainingJobStateChange.detail.parse(detail).SecondaryStatus)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect(events.at(-1)).toMatchObject({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Training Job State Change',
      resources: ['arn:aws:sagemaker:us-east-1:000000000000:training-job/told'],
      detail: {
        TrainingJobStatus: 'Completed',
        CreationTime: expect.stringMatching(/^\d{13}$/),
        TrainingEndTime: expect.stringMatching(/^\d{13}$/),
        Tags: { 'dropforge:run-id': 'run-x' },
      },
    });
    const { Tags } = await world.client.send(
      new ListTagsCommand({ ResourceArn: 'arn:aws:sagemaker:us-east-1:000000000000:training-job/told' }),
    );
    expect(Tags).toEqual([{ Key: 'dropforge:run-id', Value: 'run-x' }]);
  });

  it('that exits with an error fails with what it wrote into output/failure, and leaves no model', async () => {
    const failure = '{"cause":"data","message":"nothing to learn","action":"Add images."}';
    await world.train(
      'unhappy',
      `cd "$SAGEMAKER_BASE_DIR"; echo x > model/x; echo '${failure}' > output/failure; exit 3`,
    );
    expect(await world.trained('unhappy')).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: `AlgorithmError: ${failure}\n, exit code: 3`,
    });
    expect(await world.keys('out/unhappy/')).toEqual([]);
  });

  it('that writes far too much about its failure fails with the beginning of it', async () => {
    await world.train('wordy', 'head -c 1000000 /dev/zero | tr "\\0" x > "$SAGEMAKER_BASE_DIR/output/failure"; exit 1');
    const { FailureReason = '' } = await world.trained('wordy');
    expect(FailureReason).toMatch(/^AlgorithmError: x+, exit code: 1$/);
    expect(FailureReason).toHaveLength(1024);
  });

  it('whose failure is a pipe that nobody writes fails like one that says nothing', async () => {
    await world.train('pipe', 'mkfifo "$SAGEMAKER_BASE_DIR/output/failure"; exit 1');
    expect((await world.trained('pipe')).FailureReason).toBe('AlgorithmError: , exit code: 1');
  });

  it('that somebody kills fails with the code of the signal', async () => {
    await world.train('killed', 'kill -KILL $$');
    expect((await world.trained('killed')).FailureReason).toBe('AlgorithmError: , exit code: 137');
  });

  it('without a model, a word or a channel completes, and puts nothing into the bucket', async () => {
    await world.train('silent', 'true');
    expect((await world.trained('silent')).TrainingJobStatus).toBe('Completed');
    expect(await world.keys('out/silent/')).toEqual([]);
  });

  it('whose program is not installed fails', async () => {
    await world.train('absent', 'exec /nowhere/python3');
    expect((await world.trained('absent')).FailureReason).toContain('exit code: 127');
  });

  it('takes nothing along but files: a link to elsewhere is left out', async () => {
    await world.train('linked', 'cd "$SAGEMAKER_BASE_DIR/model"; echo mine > own.txt; ln -s /etc/passwd stolen');
    await world.trained('linked');
    expect(await model('linked')).toEqual({ 'own.txt': 'mine\n' });
  });

  it('leaves no more than its record, its exit code and its log behind', async () => {
    await world.train('tidy', 'echo hello; head -c 4000000 /dev/zero > "$SAGEMAKER_BASE_DIR/model/weights"');
    await world.trained('tidy');
    const folder = join(world.directory, 'training/tidy');
    await expect.poll(() => readdir(folder)).toEqual(['exit-code', 'job.json', 'log.txt']);
  });
});

describe('its metrics', () => {
  const metrics = ['loss', 'accuracy'].map((Name) => ({ Name, Regex: `^progress .*?${Name}=([0-9.eE+-]+|nan)` }));

  it('are the last ones in the log, however long that is, and never one that is no number', async () => {
    const script = `echo "progress loss=9 accuracy=0.5"; echo "progress loss=0.25 accuracy=nan"`;
    const noise = `yes ${'y'.repeat(99)} | head -n 20000`;
    await world.train('measured', `${noise}; ${script}`, {
      AlgorithmSpecification: {
        TrainingImage: world.image(`${noise}; ${script}`),
        TrainingInputMode: 'File',
        MetricDefinitions: metrics,
      },
    });
    const { FinalMetricDataList } = await world.trained('measured');
    expect(FinalMetricDataList).toEqual([
      { MetricName: 'loss', Value: 0.25, Timestamp: expect.any(Date) },
      { MetricName: 'accuracy', Value: 0.5, Timestamp: expect.any(Date) },
    ]);
  });
});

describe('a stop', () => {
  const stop = (TrainingJobName: string) => world.client.send(new StopTrainingJobCommand({ TrainingJobName }));

  it('gives the program time to save its model, which is kept', async () => {
    const save = 'echo saved > "$SAGEMAKER_BASE_DIR/model/late"; exit 0';
    const mark = join(world.directory, 'listens');
    await world.train('graceful', `trap '${save}' TERM; touch "${mark}"; while :; do sleep 0.1; done`);
    await expect.poll(() => readdir(world.directory)).toContain('listens');
    await stop('graceful');
    expect(await world.trained('graceful')).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    expect(world.told('graceful')).toEqual(['InProgress', 'Stopping', 'Stopped']);
    expect(await model('graceful')).toEqual({ late: 'saved\n' });
  });

  it('kills a program that does not listen, and what that has started', async () => {
    const mark = join(world.directory, 'children');
    await world.train(
      'stubborn',
      `trap '' TERM; sh -c 'trap "" TERM; echo $$ > "${mark}"; while :; do sleep 0.1; done'`,
    );
    await expect.poll(() => readdir(world.directory)).toContain('children');
    await stop('stubborn');
    expect((await world.trained('stubborn')).TrainingJobStatus).toBe('Stopped');
    await expect.poll(() => isRunning(mark)).toBe(false);
  });

  it('before the program exists lets it never begin', async () => {
    await world.put('slow/x', 'x');
    const release = world.holdBucket();
    const mark = join(world.directory, 'began');
    await world.train('unborn', `touch "${mark}"`, { InputDataConfig: [channel('slow', 's3://bucket/slow/')] });
    await stop('unborn');
    release();
    const unborn = await world.trained('unborn');
    expect(unborn.TrainingJobStatus).toBe('Stopped');
    expect([unborn.TrainingTimeInSeconds, unborn.BillableTimeInSeconds]).toEqual([undefined, undefined]);
    expect(await readdir(world.directory)).not.toContain('began');
  });

  it('of a job that has ended is refused', async () => {
    await world.train('over', 'true');
    await world.trained('over');
    await expect(stop('over')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('comes by itself when the longest time is over', async () => {
    await world.train('endless', 'while :; do sleep 0.1; done', { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    expect(await world.trained('endless')).toMatchObject({
      TrainingJobStatus: 'Stopped',
      SecondaryStatus: 'MaxRuntimeExceeded',
    });
  });
});

describe('what a job leaves running', () => {
  it('ends with it', async () => {
    const mark = join(world.directory, 'orphan');
    await world.train('parent', `sh -c 'while :; do sleep 0.1; done' & echo $! > "${mark}"`);
    await world.trained('parent');
    await expect.poll(() => isRunning(mark)).toBe(false);
  });
});

describe('CreateTrainingJob', () => {
  const create = (name: string, request: Parameters<typeof trainingRequest>[2] = {}) =>
    world.client.send(new CreateTrainingJobCommand(trainingRequest(name, world.image('true'), request)));

  it('takes a name once', async () => {
    await create('once');
    await expect(create('once')).rejects.toMatchObject({ name: 'ResourceInUse' });
    await world.trained('once');
    await expect(create('once')).rejects.toMatchObject({ name: 'ResourceInUse' });
  });

  it.each([
    ['a name with an underscore', 'a_b', {}],
    ['a name that is a path', '../../etc', {}],
    ['a channel that leaves its folder', 'ok', { InputDataConfig: [channel('..', 's3://bucket/x/')] }],
    ['an output that is no S3 URI', 'ok', { OutputDataConfig: { S3OutputPath: '/tmp' } }],
    ['no time at all', 'ok', { StoppingCondition: { MaxRuntimeInSeconds: 0 } }],
    [
      'an image that is not here',
      'ok',
      { AlgorithmSpecification: { TrainingImage: 'x/y', TrainingInputMode: 'File' as const } },
    ],
    [
      'a metric that is no pattern',
      'ok',
      {
        AlgorithmSpecification: {
          TrainingImage: 'x/y',
          TrainingInputMode: 'File' as const,
          MetricDefinitions: [{ Name: 'x', Regex: '(' }],
        },
      },
    ],
  ])('refuses %s', async (_, name, request) => {
    await expect(create(name, request)).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('refuses more jobs than the quota, and takes one again when one has ended', async () => {
    const small = await startSageMaker({ quota: { training: 1, processing: 1 } });
    await small.train('first', 'while [ ! -e "$SAGEMAKER_BASE_DIR/../go" ]; do sleep 0.05; done');
    await expect(small.train('second', 'true')).rejects.toMatchObject({ name: 'ResourceLimitExceeded' });
    await writeFile(join(small.directory, 'training/first/go'), '');
    await small.trained('first');
    // As soon as Describe says so: whoever waits for the place is told by that very event.
    await small.train('second', 'true');
    await small.trained('second');
    await small.dispose();
  });

  it('answers an unknown job as SageMaker does', async () => {
    await expect(world.describeTraining('nobody')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(world.describeTraining('../training/once')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(world.describeProcessing('nobody')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});
