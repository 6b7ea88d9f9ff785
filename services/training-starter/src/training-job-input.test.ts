import { expect, it } from 'vitest';
import type { TrainingRequest } from './ports.ts';
import { trainingJobInput } from './training-job-input.ts';

const config = {
  BUCKET_NAME: 'b',
  TABLE_NAME: 't',
  TRAINING_ROLE_ARN: 'r',
  TRAINING_IMAGE_URI: 'i',
  TRAINING_SLOT_COUNT: 1,
};
const request: TrainingRequest = {
  ...{ jobName: 'df-train-x-t1', runId: 'x', project: 'p', attempt: 1 },
  ...{ datasetPrefix: 'd/', configPrefix: 'c/', outputPrefix: 'o/', checkpointPrefix: 'k/' },
  ...{ instanceType: 'ml.test', spot: false, maximumSeconds: 100 },
};

it('asks for spare capacity only where the recipe does, with time to wait for it', () => {
  expect(trainingJobInput(request, config)).toMatchObject({ StoppingCondition: { MaxRuntimeInSeconds: 100 } });
  expect(trainingJobInput(request, config)).not.toHaveProperty('EnableManagedSpotTraining');
  const spot = trainingJobInput({ ...request, spot: true }, config);
  // AWS refuses a waiting time shorter than the running time.
  expect(spot).toMatchObject({
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 100, MaxWaitTimeInSeconds: 200 },
  });
});
