/** The files around a training container. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { readLeft } from './failure-text.ts';
import type { Job } from './job.ts';
import type { Program } from './job-process.ts';
import { TrainingRequest } from './job-requests.ts';
import type { JobFiles } from './job-runner.ts';
import { packModel } from './pack-model.ts';
import { download, downloadAll, filesBelow, under, uploadFile } from './transfer.ts';
import { type ForgetVersion, watchCheckpoints } from './watch-checkpoints.ts';

export interface FilesOptions {
  /** A bucket's client with the rights of a job's role. */
  readonly s3For: (roleArn: string) => S3Client;
  readonly forget?: ForgetVersion | undefined;
  readonly programOf: (image: string) => Program;
  readonly log: (message: string) => void;
}

export function createTrainingFiles({ s3For, forget, programOf, log }: FilesOptions): JobFiles {
  return {
    async prepare(job, root) {
      const { RoleArn, InputDataConfig = [], CheckpointConfig, HyperParameters = {} } = requestOf(job);
      const s3 = s3For(RoleArn);
      const checkpoints = join(root, 'checkpoints');
      await removeAllBut('checkpoints', root);
      for (const folder of ['model', 'output/data', 'checkpoints', 'input/config'])
        await mkdir(join(root, folder), { recursive: true });
      // Those of a lost try on this machine are newer than their copies.
      if (CheckpointConfig && (await filesBelow(checkpoints)).length === 0)
        await downloadAll(s3, under(CheckpointConfig.S3Uri, ''), checkpoints);
      for (const { ChannelName, DataSource } of InputDataConfig)
        await download(s3, DataSource.S3DataSource.S3Uri, join(root, 'input/data', ChannelName));
      await writeConfig(root, 'hyperparameters.json', HyperParameters);
      const resources = { current_host: 'algo-1', hosts: ['algo-1'], network_interface_name: 'lo' };
      await writeConfig(root, 'resourceconfig.json', resources);
    },
    accompany(job, root) {
      const { RoleArn, CheckpointConfig } = requestOf(job);
      if (!CheckpointConfig) return async () => {};
      const { S3Uri: uri } = CheckpointConfig;
      return watchCheckpoints({ s3: s3For(RoleArn), forget, uri, folder: join(root, 'checkpoints'), log });
    },
    async collect(job, root, withModel) {
      if (!withModel) return;
      const file = join(dirname(root), 'model.tar.gz');
      try {
        if ((await packModel(join(root, 'model'), file)) === 0) return;
        const { RoleArn, OutputDataConfig } = requestOf(job);
        await uploadFile(s3For(RoleArn), file, under(OutputDataConfig.S3OutputPath, `${job.name}/output/model.tar.gz`));
      } finally {
        await rm(file, { force: true });
      }
    },
    program(job, root) {
      const { AlgorithmSpecification, Environment } = requestOf(job);
      const { command, environment } = programOf(AlgorithmSpecification.TrainingImage);
      const own = { SAGEMAKER_BASE_DIR: root, TRAINING_JOB_NAME: job.name };
      return { command, environment: { ...environment, ...Environment, ...own } };
    },
    lastWords: (root) => ({ failure: readLeft(join(root, 'output/failure'), 4_096) }),
  };
}

function requestOf(job: Job) {
  return TrainingRequest.parse(job.request);
}

async function removeAllBut(kept: string, folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name !== kept) await rm(join(folder, name), { recursive: true, force: true });
}

async function writeConfig(root: string, name: string, value: unknown): Promise<void> {
  await writeFile(join(root, 'input/config', name), JSON.stringify(value));
}
