/** Runs that end otherwise than well, each in its own way. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeProcessingJobCommand, DescribeTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { runCancelled } from '@dropforge/events';
import { jobNames, runIdOfRequest } from '@dropforge/pipeline-state';
import { catsAndDogs } from '../../../shared/datasets/src/testing/pictures.ts';
import { type Behaviour, recipeFor } from '../../flow/whole-cloud/behaviours.ts';
import { until } from '../../flow/whole-cloud/user.ts';
import { neverEndingConversion } from '../cloud/start-recorded-cloud.ts';
import { archive, ends, type World } from './world.ts';

/** Its training fails; tried again, it goes on from its checkpoint and fails again. */
export async function failAndRetry({ user, api, training }: World): Promise<void> {
  await training(async () => {
    const runId = await user.drop('fail/training', await archive(4), recipeFor('says why it fails'));
    await ends(user, runId, 'failed');
    await api('POST', `/runs/${runId}/retry`);
    await until('it failed again', async () => {
      const view = await user.show(runId);
      return (view?.attempt === 2 && view.ended) || undefined;
    });
  });
}

/** Jobs that say that they have done well, and have not. The names ask for it; see `cloud/converter.ts`. */
export async function lackOutputs({ user, training }: World): Promise<void> {
  const cases: [string, Behaviour, string, string][] = [
    ['model', 'says nothing', '', 'failed'],
    ['compiler', 'lacks a compiler', '', 'rejected'],
    ['manifest', 'does well', 'name: without-manifest\n', 'failed'],
    ['labels', 'does well', 'name: without-labels\n', 'rejected'],
  ];
  await Promise.all(
    cases.map(([drop, behaviour, name, state]) =>
      training(async () => {
        const runId = await user.drop(`lacks/${drop}`, await archive(4), recipeFor(behaviour) + name);
        const view = await user.ended(runId);
        if (view.state !== state && view.state !== 'failed') throw new Error(`${drop}: ${view.state}`);
      }),
    ),
  );
}

/**
 * Once while it trains, once while it converts; and then it is said again, as the reconciler does, since nothing told of
 * the job's end.
 */
export async function callOff(world: World): Promise<void> {
  const { cloud, user, api, training } = world;
  const recipes = {
    training: recipeFor('must be stopped'),
    converting: `${recipeFor('does well')}name: ${neverEndingConversion}\n`,
  };
  for (const [state, recipe] of Object.entries(recipes)) {
    await training(async () => {
      const runId = await user.drop(`cancel/${state}`, await archive(5), recipe);
      await user.reaches(runId, state);
      await api('POST', `/runs/${runId}/cancel`);
      await ends(user, runId, 'cancelled');
      await stopped(world, state === 'training' ? 'train' : 'convert', runId);
      const data = { ...runCancelled.example, runId, project: 'cancel', attempt: 1 };
      const detail = { version: 1, eventId: `${runId}.t1.run.cancelled`, occurredAt: new Date().toISOString(), data };
      const [bus = ''] = cloud.description.buses;
      cloud.putEvents([{ source: 'dropforge.api', detailType: 'run.cancelled', detail, bus }]);
    });
  }
}

async function stopped({ cloud, user }: World, kind: 'train' | 'convert', runId: string): Promise<void> {
  const client = new SageMakerClient(user.options);
  const name = jobNames(cloud.description.stage).of(kind, runId, 1);
  await until(`${name} has stopped`, async () => {
    if (kind === 'train') {
      const { TrainingJobStatus } = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      return TrainingJobStatus === 'Stopped' || undefined;
    }
    const { ProcessingJobStatus } = await client.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
    return ProcessingJobStatus === 'Stopped' || undefined;
  });
}

/** Loose files that a partner asks to be trained on, and an upload over a link that is no archive. */
export async function uploadLooseFiles({ cloud, user, api, training }: World): Promise<void> {
  const link = await api('POST', '/uploads', { project: 'loose', drop: 'broken', fileName: 'drop.zip' });
  const response = await fetch(String(link.url), { method: 'PUT', body: 'no archive' });
  if (!response.ok) throw new Error(`the upload answered ${response.status}`);
  for (const [path, content] of Object.entries(await catsAndDogs(3)))
    await user.put(`drops/loose/one/${path}`, content);
  const recipe = recipeFor('says why it fails');
  const request = { project: 'loose', idempotencyKey: 'partner-1', source: { drop: 'drops/loose/one/' }, recipe };
  const entry = { EventBusName: cloud.description.buses[0], Source: 'partner', DetailType: 'training.requested' };
  await training(async () => {
    const events = new EventBridgeClient(user.options);
    await events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(request) }] }));
    await ends(user, runIdOfRequest('loose', 'partner-1'), 'failed');
  });
}
