/** SageMaker in the embedded cloud: the two images are the two jobs of this checkout. */
import { join } from 'node:path';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { CloudService } from '../cloud-service.ts';
import { ownAgent } from '../faults.ts';
import { createSageMaker, type SageMakerOptions } from './create-sagemaker.ts';
import type { Program } from './job-process.ts';

export interface SageMakerServiceOptions {
  /** The program of an image; `root` is the folder of serverless.yml. Throws for an image that is not known. */
  readonly programOf?: (image: string, root: string) => Program;
  readonly quota?: SageMakerOptions['quota'];
  readonly createRunner?: SageMakerOptions['createRunner'];
}

/** One training job at a time: it takes every core. A second one is refused as AWS does it, and its run waits. */
const oneMachine = { training: 1, processing: 4 };

/** A service of the embedded cloud; see `CloudOptions.services`. */
export function sageMakerService(options: SageMakerServiceOptions = {}): CloudService {
  const { programOf = jobOf, quota = oneMachine, createRunner } = options;
  return async ({ directory, description, endpoints, credentials, identities, putEvents, register, log, root }) => {
    const { region, accountId } = description;
    const settings = { endpoint: endpoints.aws, region, forcePathStyle: true, customUserAgent: ownAgent };
    const account = new S3Client({ ...settings, credentials });
    const clients = new Map<string, S3Client>();
    const s3For = (roleArn: string): S3Client => {
      const role = description.roles.find(({ arn }) => arn === roleArn);
      const known = clients.get(roleArn);
      const client = known ?? new S3Client({ ...settings, credentials: identities.assumeRole(role, 'SageMaker') });
      clients.set(roleArn, client);
      return client;
    };
    const sageMaker = createSageMaker({
      ...{ region, accountId, s3For, quota, log, createRunner },
      forget: (version) => account.send(new DeleteObjectCommand(version)),
      directory: join(directory, 'sagemaker'),
      programOf: (image) => programOf(image, root),
      putEvent: (event) => void putEvents([{ ...event, bus: 'default' }]),
    });
    register('sagemaker', sageMaker.handle);
    await sageMaker.resume();
    return {
      async close() {
        await sageMaker.close();
        for (const client of [account, ...clients.values()]) client.destroy();
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
