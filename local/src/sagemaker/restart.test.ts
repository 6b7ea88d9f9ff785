import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from './job.ts';
import { isAlive, type RunningProcess, startProcess } from './job-process.ts';
import { channel, startSageMaker, type World } from './testing/start-sagemaker.ts';

let world: World;
let notes = '';

beforeEach(async () => {
  world = await startSageMaker({ graceMilliseconds: 300 });
  notes = join(world.directory, 'notes');
});
afterEach(() => world.dispose());

const noted = () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []);
const record = (name: string): Job =>
  JSON.parse(readFileSync(join(world.directory, 'training', name, 'job.json'), 'utf8'));
const go = () => appendFileSync(join(world.directory, 'go'), '');

/** Says that it began, waits until `go`, says that it ended. */
const waiting = () =>
  `echo began >> "${notes}"; while [ ! -e "${world.directory}/go" ]; do sleep 0.05; done; echo ended >> "${notes}"`;

/** As when the power is cut, or somebody kills everything. */
function killJob(name: string): void {
  process.kill(-(record(name).process?.pid ?? 0), 'SIGKILL');
}

describe('a cloud that starts again', () => {
  it('finds the program that still runs, and takes its model when it ends', async () => {
    await world.train('running', `${waiting()}; echo x > "$SAGEMAKER_BASE_DIR/model/x"`);
    await expect.poll(noted).toEqual(['began']);
    await world.leave();
    await world.restart();
    expect((await world.describeTraining('running')).TrainingJobStatus).toBe('InProgress');
    go();
    expect((await world.trained('running')).TrainingJobStatus).toBe('Completed');
    expect(noted()).toEqual(['began', 'ended']);
    expect(await world.keys('out/running/')).toEqual(['out/running/output/model.tar.gz']);
  });

  it('learns how a program ended while nobody looked', async () => {
    await world.train('alone', `${waiting()}; exit 7`);
    await expect.poll(noted).toEqual(['began']);
    await world.leave();
    const { process } = record('alone');
    go();
    await expect.poll(() => process && isAlive(process)).toBe(false);
    await world.restart();
    expect((await world.trained('alone')).FailureReason).toBe('AlgorithmError: , exit code: 7');
    expect(noted()).toEqual(['began', 'ended']);
  });

  it('begins a lost program again, with its newest checkpoints and nothing else of the first try', async () => {
    await world.put('data/x', 'x');
    const script = `cd "$SAGEMAKER_BASE_DIR"; echo "$(ls checkpoints | tr '\\n' ' ')/ $(ls model)" >> "${notes}"
      echo 1 > checkpoints/step-1; echo half > model/half
      if [ $(wc -l < "${notes}") = 1 ]; then while :; do sleep 0.05; done; fi; rm model/half; echo whole > model/whole`;
    await world.train('lost', script, {
      InputDataConfig: [channel('data', 's3://bucket/data/')],
      CheckpointConfig: { S3Uri: 's3://bucket/checkpoints/' },
    });
    await expect
      .poll(async () => readdir(join(world.directory, 'training/lost/opt-ml/model')).catch(() => []))
      .toEqual(['half']);
    await world.leave();
    killJob('lost');
    await world.restart();
    expect((await world.trained('lost')).TrainingJobStatus).toBe('Completed');
    expect(noted()).toEqual(['/ ', 'step-1 /']);
    expect(world.told('lost')).toEqual(['InProgress', 'Completed']);
  });

  it('carries out a stop that it was asked for just before', async () => {
    await world.train('stopping', `trap '' TERM; ${waiting()}`);
    await expect.poll(noted).toEqual(['began']);
    await world.client.send(new StopTrainingJobCommand({ TrainingJobName: 'stopping' }));
    await world.leave();
    await world.restart();
    expect(await world.trained('stopping')).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
  });

  it('goes on with a job whose inputs it had not brought yet', async () => {
    await world.put('data/x', 'x');
    const release = world.holdBucket();
    await world.train('early', `echo began >> "${notes}"`, { InputDataConfig: [channel('data', 's3://bucket/data/')] });
    const left = world.leave();
    release();
    await left;
    expect(noted()).toEqual([]);
    await world.restart();
    expect((await world.trained('early')).TrainingJobStatus).toBe('Completed');
    expect(noted()).toEqual(['began']);
  });

  it('leaves ended jobs alone', async () => {
    await world.train('done', `echo began >> "${notes}"`);
    await world.trained('done');
    const told = world.events.length;
    await world.leave();
    await world.restart();
    expect((await world.describeTraining('done')).TrainingJobStatus).toBe('Completed');
    expect(world.events).toHaveLength(told);
    expect(noted()).toEqual(['began']);
  });
});

describe('a program that is lost again and again', () => {
  it('fails its job', async () => {
    await world.train('doomed', `echo began >> "${notes}"; kill -KILL 0`);
    expect((await world.trained('doomed')).FailureReason).toBe('ClientError: The process of the job was lost 4 times.');
    expect(noted()).toHaveLength(4);
  });
});

describe('a process', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dropforge-process-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const places = () => ({ root: join(folder, 'root'), log: join(folder, 'log') });
  const program = () => ({ command: ['/bin/sh', '-c', `echo ran > "${folder}/ran"`], environment: {} }) as const;

  it('that could not be written down never begins', async () => {
    let shell: RunningProcess | undefined;
    const start = () =>
      startProcess(places(), program(), (running) => {
        shell = running;
        throw new Error('disk full');
      });
    expect(start).toThrow('disk full');
    await expect.poll(() => shell && isAlive(shell)).toBe(false);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('is not taken for another one that got its number', () => {
    expect(isAlive({ pid: process.pid, born: 'another boot/1' })).toBe(false);
  });
});
