/** The files around a processing container. https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html */
import { mkdir, rm } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { readLeft } from './failure-text.ts';
import type { Job } from './job.ts';
import { ProcessingRequest } from './job-requests.ts';
import type { JobFiles } from './job-runner.ts';
import type { FilesOptions } from './training-files.ts';
import { download, uploadFolder } from './transfer.ts';

export function createProcessingFiles({ s3For, programOf }: FilesOptions): JobFiles {
  return {
    async prepare(job, root) {
      await rm(root, { recursive: true, force: true });
      const { RoleArn, ProcessingInputs = [] } = requestOf(job);
      for (const { S3Input } of ProcessingInputs)
        await download(s3For(RoleArn), S3Input.S3Uri, local(root, S3Input.LocalPath));
      for (const { S3Output } of outputsOf(job)) await mkdir(local(root, S3Output.LocalPath), { recursive: true });
      await mkdir(join(root, 'output'), { recursive: true });
    },
    accompany: () => async () => {},
    /** Outputs are taken from a failed container as well. */
    async collect(job, root) {
      for (const { S3Output } of outputsOf(job))
        await uploadFolder(s3For(requestOf(job).RoleArn), local(root, S3Output.LocalPath), S3Output.S3Uri);
    },
    program(job, root) {
      const { AppSpecification, Environment } = requestOf(job);
      const { command, environment } = programOf(AppSpecification.ImageUri);
      const own = { SAGEMAKER_BASE_DIR: root, PROCESSING_JOB_NAME: job.name };
      return { command, environment: { ...environment, ...Environment, ...own } };
    },
    lastWords: (root) => ({
      failure: readLeft(join(root, 'output/failure'), 4_096),
      exitMessage: readLeft(join(root, 'output/message'), 1_024),
    }),
  };
}

function requestOf(job: Job) {
  return ProcessingRequest.parse(job.request);
}

function outputsOf(job: Job) {
  return requestOf(job).ProcessingOutputConfig?.Outputs ?? [];
}

/** `/opt/ml/…` in the container is the job's folder here; CreateProcessingJob refused everything else. */
function local(root: string, path: string): string {
  return join(root, normalize(path).slice('/opt/ml/'.length));
}
