/** SageMaker in the embedded cloud: the two images are the two jobs of this checkout. */
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { CloudService } from '../cloud-service.ts';
import { createSageMaker, type SageMakerOptions } from './create-sagemaker.ts';
import type { Program } from './job-process.ts';

export interface SageMakerServiceOptions {
  /** The program of an image; `root` is the folder of serverless.yml. Throws for an image that is not known. */
  readonly programOf?: (image: string, root: string) => Program;
  readonly quota?: SageMakerOptions['quota'];
}

/** One training job at a time: it takes every core. A second one is refused as AWS does it, and its run waits. */
const oneMachine = { training: 1, processing: 4 };

/** A service of the embedded cloud; see `CloudOptions.services`. */
export function sageMakerService(options: SageMakerServiceOptions = {}): CloudService {
  const { programOf = jobOf, quota = oneMachine } = options;
  return async ({ directory, description, endpoints, credentials, putEvents, register, log, root }) => {
    const { region, accountId } = description;
    const s3 = new S3Client({ endpoint: endpoints.aws, region, forcePathStyle: true, credentials });
    const sageMaker = createSageMaker({
      ...{ region, accountId, s3, quota, log },
      directory: join(directory, 'sagemaker'),
      programOf: (image) => programOf(image, root),
      putEvent: (event) => void putEvents([{ ...event, bus: 'default' }]),
    });
    register('sagemaker', sageMaker.handle);
    await sageMaker.resume();
    return {
      async close() {
        await sageMaker.close();
        s3.destroy();
      },
    };
  };
}

/** No credentials and no endpoint: on AWS the jobs run without a network. */
function jobOf(image: string, root: string): Program {
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
