/** Events that no function can take, and the dead letters that each must become. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud, EventInput } from '@dropforge/local';
import { jobs } from '../kinds.ts';
import { poison } from '../weather/late-deliveries.ts';
import type { Plan } from './plan.ts';

const runId = 'run-aaaaaaaaaaaaaaaaaaaa';

const events: readonly EventInput[] = [
  {
    source: 'aws.sagemaker',
    detailType: 'SageMaker Training Job State Change',
    detail: { TrainingJobName: jobs.of('train', runId, 1), TrainingJobStatus: null, note: `${poison} status` },
  },
  {
    source: 'aws.s3',
    detailType: 'Object Created',
    detail: { bucket: { name: 'dropforge' }, object: { key: 'drops/', size: -1 }, note: `${poison} size` },
  },
  {
    source: 'dropforge.dataset-validator',
    detailType: 'dataset.validated',
    detail: { version: 1, eventId: `${poison} data`, occurredAt: 'never', data: { runId } },
    bus: 'dropforge-dev',
  },
];

/** `function: event` of the dead letters to expect. */
export const expectedDeadLetters: readonly string[] = [
  `config-renderer-render: ${poison} data`,
  `dataset-validator-receive-drop: ${poison} size`,
  `notifier-notify: ${poison} data`,
  `training-starter-settle: ${poison} status`,
  `webhooks-fan-out: ${poison} data`,
];

/** Once in the life of a world. */
export function putPoison(cloud: Cloud, directory: string, { unkind }: Plan): void {
  const file = join(directory, 'poisoned');
  if (!unkind || existsSync(file)) return;
  cloud.putEvents([...events]);
  writeFileSync(file, '');
}
