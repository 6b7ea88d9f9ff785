/** Every function fails at an event for good, and a person sends the dead letters again once the fault is mended. */

import type { AgentReport } from '@dropforge/events';
import { createLambda } from '../../../cli/src/aws/lambda.ts';
import type { DeadLetter } from '../../../cli/src/dead-letters/dead-letter.ts';
import { type DeadLetterQueues, openDeadLetterQueues } from '../../../cli/src/dead-letters/queues.ts';
import { redrive } from '../../../cli/src/dead-letters/redrive.ts';
import { recipeFor } from '../../flow/whole-cloud/behaviours.ts';
import { until } from '../../flow/whole-cloud/user.ts';
import { archive, type World } from './world.ts';

/**
 * Functions that take whatever comes fail at a service of AWS's that refuses them, and are mended after; all others fail
 * at an event that nobody can read, again and again.
 */
const broken: Readonly<Record<string, string>> = {
  ...{ 'dataset-validator-validate': 's3', 'reconciler-sweep': 's3', 'reconciler-tend': 'dynamodb' },
  ...{ 'deployer-report': 'dynamodb', 'notifier-notify': 'dynamodb', 'webhooks-fan-out': 'dynamodb' },
};
/** These hear of the drop. */
const listeners = ['dataset-validator-validate', 'notifier-notify', 'webhooks-fan-out'];

/** As a device's agent sends it. */
const report: AgentReport = {
  ...{ thing: 'careful-device', status: 'alive', architecture: 'x86_64', agentVersion: '1', activeModel: null },
  sentAt: '2026-01-01T00:00:00.000Z',
};

/** To be lived through alone: while it breaks functions, nobody else can use them. */
export async function failAndRedrive(world: World): Promise<void> {
  const { cloud, user, outages } = world;
  const lambda = createLambda(user.options);
  const queues = openDeadLetterQueues(asSeenByPeople(world));
  // On a slow machine what came before has left some of its own.
  for (const letter of await queues.read()) await queues.remove(letter);
  const failing = cloud.description.functions.filter(({ failureQueueArn }) => failureQueueArn !== undefined);
  for (const [key, service] of Object.entries(broken)) outages.set(key, service);
  const runId = await user.drop('redrive/first', await archive(4), recipeFor('says why it fails'));
  for (const { key, name } of failing) {
    const payload = key === 'deployer-report' ? report : { nobody: 'reads this' };
    if (!listeners.includes(key)) await lambda.invokeLater(name, JSON.stringify(payload));
  }
  const letters = await lettersOf(
    queues,
    failing.map(({ name }) => name),
  );
  outages.clear();
  for (const letter of letters) await redrive(letter, lambda, queues);
  await user.ended(runId);
  const unmended = failing.filter(({ key }) => !(key in broken));
  const again = await lettersOf(
    queues,
    unmended.map(({ name }) => name),
  );
  for (const letter of again) await queues.remove(letter);
}

/** All that there are, as soon as there is one of each of these functions. */
function lettersOf(queues: DeadLetterQueues, functionNames: readonly string[]): Promise<DeadLetter[]> {
  let missing: string[] = [];
  const what = () => `there are dead letters of ${missing.join(', ')}`;
  return until(what, async () => {
    const letters = await queues.read();
    missing = functionNames.filter((name) => !letters.some(({ functionName }) => functionName === name));
    if (missing.length === 0) return letters;
    await queues.release(letters);
    return undefined;
  });
}

function asSeenByPeople({ cloud, user }: World): Parameters<typeof openDeadLetterQueues>[0] {
  const { endpoints, description } = cloud;
  const nothing = () => {
    throw new Error('dead letters are in queues only');
  };
  return {
    ...{ name: 'the recorded cloud', apiUrl: endpoints.api, region: user.options.region, auth: 'none' },
    ...{ s3: nothing, bucket: nothing, stage: description.stage, aws: user.options },
  };
}
