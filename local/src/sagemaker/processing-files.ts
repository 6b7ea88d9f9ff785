/** The files around a processing container. https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html */
import { mkdir } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Job } from './job.ts';
import type { Program } from './job-process.ts';
import { type JobFiles, readLeft } from './job-runner.ts';
import { download, uploadFolder } from './transfer.ts';

/** What a container sees as its root of files. */
const optMl = '/opt/ml/';

export function createProcessingFiles(s3: S3Client, programOf: (image: string) => Program): JobFiles {
  return {
    async prepare(job, root) {
      for (const { S3Input } of requestOf(job).ProcessingInputs ?? []) {
        const count = await download(s3, S3Input.S3Uri, local(root, S3Input.LocalPath));
        if (count === 0) throw new Error(`No S3 objects found under S3 URL "${S3Input.S3Uri}".`);
      }
      for (const { S3Output } of outputsOf(job)) await mkdir(local(root, S3Output.LocalPath), { recursive: true });
      await mkdir(join(root, 'output'), { recursive: true });
    },
    /** Outputs are taken from a failed container as well. */
    async collect(job, root) {
      for (const { S3Output } of outputsOf(job))
        await uploadFolder(s3, local(root, S3Output.LocalPath), S3Output.S3Uri);
    },
    accompany: () => async () => {},
    program(job, root) {
      const { command, environment } = programOf(requestOf(job).AppSpecification.ImageUri);
      return { command, environment: { ...environment, SAGEMAKER_BASE_DIR: root, PROCESSING_JOB_NAME: job.name } };
    },
    lastWords(root) {
      const failure = readLeft(join(root, 'output/failure'), 900);
      const exitMessage = readLeft(join(root, 'output/message'), 1024);
      return { ...(failure === undefined ? {} : { failure }), ...(exitMessage === undefined ? {} : { exitMessage }) };
    },
  };
}

interface ProcessingRequest {
  AppSpecification: { ImageUri: string };
  ProcessingInputs?: { S3Input: { S3Uri: string; LocalPath: string } }[];
  ProcessingOutputConfig?: { Outputs: { S3Output: { S3Uri: string; LocalPath: string } }[] };
}

function requestOf(job: Job): ProcessingRequest {
  return job.request as unknown as ProcessingRequest; // checked by CreateProcessingJob before the job was written
}

function outputsOf(job: Job) {
  return requestOf(job).ProcessingOutputConfig?.Outputs ?? [];
}

/** Only paths below /opt/ml are shared with a container. */
function local(root: string, path: string): string {
  const normal = normalize(path);
  if (!normal.startsWith(optMl)) throw new Error(`LocalPath ${path} is not below /opt/ml.`);
  return join(root, normal.slice(optMl.length));
}
