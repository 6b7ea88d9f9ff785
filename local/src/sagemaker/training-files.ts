/** The files around a training container. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Job } from './job.ts';
import type { Program } from './job-process.ts';
import { type JobFiles, readLeft } from './job-runner.ts';
import { packModel } from './pack-model.ts';
import { download, uploadFile } from './transfer.ts';
import { watchCheckpoints } from './watch-checkpoints.ts';

export function createTrainingFiles(s3: S3Client, programOf: (image: string) => Program): JobFiles {
  return {
    async prepare(job, root) {
      const request = requestOf(job);
      for (const { ChannelName, DataSource } of request.InputDataConfig ?? []) {
        const count = await download(s3, DataSource.S3DataSource.S3Uri, join(root, 'input/data', ChannelName));
        if (count === 0) throw new Error(`No S3 objects found under S3 URL "${DataSource.S3DataSource.S3Uri}".`);
      }
      const { CheckpointConfig } = request;
      if (CheckpointConfig)
        await download(s3, `${CheckpointConfig.S3Uri.replace(/\/$/, '')}/`, join(root, 'checkpoints'));
      await writeConfig(root, 'hyperparameters.json', request.HyperParameters ?? {});
      await writeConfig(root, 'resourceconfig.json', {
        current_host: 'algo-1',
        hosts: ['algo-1'],
        network_interface_name: 'lo',
      });
      for (const folder of ['model', 'output', 'output/data', 'checkpoints'])
        await mkdir(join(root, folder), { recursive: true });
    },
    async collect(job, root, withModel) {
      if (!withModel) return;
      const file = join(root, '../model.tar.gz');
      if ((await packModel(join(root, 'model'), file)) === 0) return;
      await uploadFile(
        s3,
        file,
        `${requestOf(job).OutputDataConfig.S3OutputPath.replace(/\/$/, '')}/${job.name}/output/model.tar.gz`,
      );
    },
    accompany(job, root) {
      const { CheckpointConfig } = requestOf(job);
      return CheckpointConfig
        ? watchCheckpoints(s3, join(root, 'checkpoints'), CheckpointConfig.S3Uri)
        : async () => {};
    },
    program(job, root) {
      const { command, environment } = programOf(requestOf(job).AlgorithmSpecification.TrainingImage);
      return { command, environment: { ...environment, SAGEMAKER_BASE_DIR: root, TRAINING_JOB_NAME: job.name } };
    },
    lastWords(root) {
      const failure = readLeft(join(root, 'output/failure'), 900);
      return failure === undefined ? {} : { failure };
    },
  };
}

interface TrainingRequest {
  AlgorithmSpecification: { TrainingImage: string };
  InputDataConfig?: { ChannelName: string; DataSource: { S3DataSource: { S3Uri: string } } }[];
  OutputDataConfig: { S3OutputPath: string };
  CheckpointConfig?: { S3Uri: string };
  HyperParameters?: Record<string, string>;
}

function requestOf(job: Job): TrainingRequest {
  return job.request as unknown as TrainingRequest; // checked by CreateTrainingJob before the job was written
}

async function writeConfig(root: string, name: string, value: unknown): Promise<void> {
  await mkdir(join(root, 'input/config'), { recursive: true });
  await writeFile(join(root, 'input/config', name), JSON.stringify(value));
}
