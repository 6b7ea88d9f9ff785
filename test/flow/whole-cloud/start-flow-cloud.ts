/** The embedded cloud with the product's own services, and fake jobs in place of the two that take minutes. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cloud, type Program, sageMakerService, slackService, startCloud } from '@dropforge/local';
import type { Listener } from './news.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export function startFlowCloud(directory: string, onDelivery?: Listener): Promise<Cloud> {
  const quota = { training: 4, processing: 4 };
  return startCloud({
    directory,
    serverlessFile: join(root, 'serverless.yml'),
    services: [slackService, sageMakerService({ programOf, quota })],
    firstRetryMilliseconds: 50,
    ...(onDelivery ? { faults: { onDelivery } } : {}),
  });
}

function programOf(image: string): Program {
  const name = /dropforge-(train|convert)-/.exec(image)?.[1];
  if (!name) throw new Error(`There is no program for the image ${image}.`);
  const file = fileURLToPath(new URL(`./fake-${name === 'train' ? 'trainer' : 'converter'}.ts`, import.meta.url));
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', file] as const;
  return { command, environment: { PATH: process.env.PATH ?? '' } };
}
