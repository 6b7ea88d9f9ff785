import { CreateTrainingJobCommand, type CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSageMaker, trainingRequest, type World } from './testing/start-sagemaker.ts';

let world: World;
beforeAll(async () => {
  world = await startSageMaker();
});
afterAll(() => world.dispose());

const create = (name: string, request: Parameters<typeof trainingRequest>[2] = {}) =>
  world.client.send(new CreateTrainingJobCommand(trainingRequest(name, world.image('true'), request)));

it.each<[string, Partial<CreateTrainingJobCommandInput>]>([
  ['spare capacity without a time to wait', { EnableManagedSpotTraining: true }],
  [
    'less time to wait than to run',
    { EnableManagedSpotTraining: true, StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 59 } },
  ],
  ['a time to wait for what is there', { StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 } }],
  ['no instances', { ResourceConfig: { InstanceCount: 0, InstanceType: 'ml.c5.xlarge', VolumeSizeInGB: 1 } }],
  ['more retries than AWS makes', { RetryStrategy: { MaximumRetryAttempts: 31 } }],
  ['a tag that AWS does not take', { Tags: [{ Key: 'project', Value: '<b>' }] }],
])('refuses %s', async (_, request) => {
  await expect(create('refused', request)).rejects.toMatchObject({ name: 'ValidationException' });
});

it('says what is billed when the job has ended, and not before', async () => {
  await create('billed', {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 90 },
  });
  await world.trained('billed');
  expect(await world.describeTraining('billed')).toMatchObject({
    ...{ EnableManagedSpotTraining: true, TrainingTimeInSeconds: 1, BillableTimeInSeconds: 1 },
  });
});
