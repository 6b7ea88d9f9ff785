/** SageMaker in the embedded cloud: the two images are the two jobs of this checkout. */
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { CloudContext, RunningService } from '../cloud-service.ts';
import { createSageMaker } from './create-sagemaker.ts';
import type { Program } from './job-process.ts';

/** One training job at a time: it takes every core. */
const quota = { training: 1, processing: 4 };

export function sageMakerService(context: CloudContext): RunningService {
  const { directory, description, endpoints, credentials, putEvents, register, log, root } = context;
  const s3 = new S3Client({ endpoint: endpoints.aws, region: description.region, forcePathStyle: true, credentials });
  const sageMaker = createSageMaker({
    directory: join(directory, 'sagemaker'),
    region: description.region,
    accountId: description.accountId,
    s3,
    quota,
    programOf: (image) => programOf(image, root),
    putEvent: (event) => void putEvents([{ ...event, bus: 'default' }]),
    log,
  });
  register('sagemaker', sageMaker.handle);
  sageMaker.resume();
  return {
    environment: { TRAINING_SLOT_COUNT: String(quota.training) },
    close() {
      sageMaker.close();
      s3.destroy();
    },
  };
}

/** No credentials and no endpoint: on AWS the jobs run without a network. */
function programOf(image: string, root: string): Program {
  const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8' };
  if (image.includes('/dropforge-train-')) {
    const python = process.env.DROPFORGE_PYTHON ?? '/usr/bin/python3';
    const path = { PYTHONPATH: join(root, 'jobs/train'), PYTHONUNBUFFERED: '1' };
    return { command: [python, '-m', 'dropforge_train', 'train'], environment: { ...environment, ...path } };
  }
  if (image.includes('/dropforge-convert-')) {
    return { command: [process.execPath, join(root, 'jobs/convert/src/main.ts')], environment };
  }
  throw new Error(`There is no program for the image ${image}.`);
}
