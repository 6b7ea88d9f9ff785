/** What functions find after a crash, a lost event or a silent device. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateDeploymentCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2';
import { CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import { CreateProcessingJobCommand, CreateTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { datasetValidated, deploymentStarted, modelValidated, runCancelled } from '@dropforge/events';
import {
  createDynamoBudgetStore,
  createDynamoDeviceStore,
  createDynamoRunStore,
  jobNames,
  type OutboxEntry,
  type Run,
  runIdOf,
} from '@dropforge/pipeline-state';
import { recipeFor } from '../../flow/whole-cloud/behaviours.ts';
import { archive, type World } from './world.ts';

/** Jobs of the runs' names are there already, as after a crash between a job's start and the note of it. */
export async function findOwnJobs({ cloud, user, training }: World): Promise<void> {
  const client = new SageMakerClient(user.options);
  const names = jobNames(cloud.description.stage);
  for (const kind of ['train', 'convert'] as const) {
    await training(async () => {
      // The run's id follows from what is dropped, but only S3 knows the version: so its jobs are made at once.
      const runId = await user.drop(`recover/${kind}`, await archive(4), recipeFor('does well'));
      const Tags = [{ Key: 'dropforge:run-id', Value: runId }];
      const name = names.of(kind, runId, 1);
      if (kind === 'train') await client.send(new CreateTrainingJobCommand(trainingJob(world(cloud), name, Tags)));
      else await client.send(new CreateProcessingJobCommand(processingJob(world(cloud), name, Tags)));
      await user.ended(runId);
    });
  }
}

type Tags = { Key: string; Value: string }[];

/** What the two starters are told of the world. */
function world({ description }: World['cloud']) {
  const of = (key: string) => description.functions.find((one) => one.key === key)?.environment ?? {};
  return { ...of('training-starter-start'), ...of('conversion-starter-start') } as Record<string, string>; // texts by name
}

/** Nothing lies where it looks, so it fails at once. */
function trainingJob(
  { BUCKET_NAME, TRAINING_ROLE_ARN, TRAINING_IMAGE_URI }: Record<string, string>,
  TrainingJobName: string,
  Tags: Tags,
) {
  const S3Uri = `s3://${BUCKET_NAME}/datasets/nowhere/`;
  const S3DataSource = { S3Uri, S3DataType: 'S3Prefix' as const, S3DataDistributionType: 'FullyReplicated' as const };
  return {
    ...{ TrainingJobName, Tags, RoleArn: TRAINING_ROLE_ARN },
    AlgorithmSpecification: { TrainingImage: TRAINING_IMAGE_URI, TrainingInputMode: 'File' as const },
    InputDataConfig: [{ ChannelName: 'dataset', DataSource: { S3DataSource } }],
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET_NAME}/runs/nowhere/` },
    ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  };
}

function processingJob(
  { BUCKET_NAME, CONVERSION_ROLE_ARN, CONVERSION_IMAGE_URI }: Record<string, string>,
  ProcessingJobName: string,
  Tags: Tags,
) {
  const input = { S3Uri: `s3://${BUCKET_NAME}/runs/nowhere/`, LocalPath: '/opt/ml/processing/input/model' };
  return {
    ...{ ProcessingJobName, Tags, RoleArn: CONVERSION_ROLE_ARN },
    AppSpecification: { ImageUri: CONVERSION_IMAGE_URI },
    ProcessingInputs: [
      { InputName: 'model', S3Input: { ...input, S3DataType: 'S3Prefix' as const, S3InputMode: 'File' as const } },
    ],
    ProcessingOutputConfig: { Outputs: [] },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.c5.xlarge' as const, VolumeSizeInGB: 10 },
    },
  };
}

/** What the reconciler finds: silent jobs, one of them with money set aside, and a stage that has gone quiet. */
export async function tend(world: World): Promise<void> {
  const { cloud, user } = world;
  const { runs, budget } = storesOf(world);
  for (const state of ['training', 'converting', 'validated'] as const)
    await runs.write(past({ state, project: 'silent' }));
  const jobName = jobNames(cloud.description.stage).of(
    'train',
    past({ state: 'training', project: 'silent' }).runId,
    1,
  );
  await budget.reserve({ project: 'silent', jobName }, 1, undefined, new Date());
  await user.put('drops/lone/one/drop.zip', 'nothing of an archive');
  for (const key of ['reconciler-tend', 'reconciler-sweep']) {
    const result = await cloud.invoke(key, { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
    if (!result.ok) throw new Error(`${key} failed: ${result.errorMessage}`);
  }
}

/**
 * An event comes again whose first delivery died before it had sent what the run now says. Each function has a run of its
 * own: of two that hear the same event only the quicker one would send anything.
 */
export async function comeAgain(world: World): Promise<void> {
  const { runs } = storesOf(world);
  for (const [key, detailType, publisher, example] of [
    ['training-starter-stop', 'run.cancelled', 'api', runCancelled.example],
    ['conversion-starter-stop', 'run.cancelled', 'api', runCancelled.example],
    ['deployer-conclude', 'deployment.started', 'deployer', deploymentStarted.example],
  ] as const) {
    const { runId } = past({ state: 'failed', project: 'again', name: key });
    const data = { ...example, runId, project: 'again', attempt: 1 };
    const unsent = {
      eventId: `${runId}.t1.dataset.validated`,
      name: 'dataset.validated',
      occurredAt: new Date().toISOString(),
      data: validated(runId, 'again'),
    };
    await runs.write(past({ state: 'failed', project: 'again', name: key, outbox: [unsent] }));
    const detail = { version: 1, eventId: `${runId}.t1.${detailType}`, occurredAt: new Date().toISOString(), data };
    const event = { source: `dropforge.${publisher}`, 'detail-type': detailType, detail };
    const result = await world.cloud.invoke(key, event);
    if (!result.ok) throw new Error(`${key} failed: ${result.errorMessage}`);
  }
}

/** A deployment to nobody, about which Greengrass has bad news; and one whose device has answered before. */
export async function hearOfDevices(world: World): Promise<void> {
  const { cloud, user } = world;
  const { runs, devices } = storesOf(world);
  const { region, accountId } = cloud.description;
  const { thingGroupArn: targetArn } = await new IoTClient(user.options).send(
    new CreateThingGroupCommand({ thingGroupName: 'nobody' }),
  );
  const { runId } = deploying('bad-news', 'lost-device');
  const tags = { 'dropforge:run-id': runId, 'dropforge:attempt': '1' };
  const greengrass = new GreengrassV2Client(user.options);
  const { deploymentId } = await greengrass.send(new CreateDeploymentCommand({ targetArn, tags }));
  await runs.write(deploying('bad-news', 'lost-device'));
  cloud.putEvents([
    {
      source: 'aws.greengrass',
      detailType: 'Greengrass V2 Effective Deployment Status Change',
      resources: [`arn:aws:greengrass:${region}:${accountId}:coreDevices:lost-device`],
      detail: {
        deploymentId,
        coreDeviceExecutionStatus: 'FAILED',
        statusDetails: { errorStack: [], errorTypes: [] },
        reason: '',
      },
      bus: 'default',
    },
  ]);
  const early = deploying('early-answer', 'quick-device');
  await runs.write(early);
  await devices.recordVerdict('quick-device', {
    runId: early.runId,
    attempt: 1,
    outcome: 'committed',
    at: new Date().toISOString(),
  });
  const data = early.facts['deployment.started'];
  const detail = { version: 1, eventId: `${early.runId}.t1.deployment.started`, occurredAt: early.updatedAt, data };
  cloud.putEvents([
    { source: 'dropforge.deployer', detailType: 'deployment.started', detail, bus: cloud.description.buses[0] ?? '' },
  ]);
}

function deploying(project: string, thing: string): Run {
  const run = past({ state: 'deploying', project });
  const started = { ...deploymentStarted.example, runId: run.runId, project, attempt: 1, devices: [thing] };
  const { attentionAt: _, ...calm } = run;
  const model = { ...modelValidated.example, runId: run.runId, project, attempt: 1 };
  return { ...calm, facts: { 'deployment.started': started, 'model.validated': model } };
}

interface Past {
  readonly state: Run['state'];
  readonly project: string;
  readonly name?: string;
  readonly outbox?: OutboxEntry[];
}

/** A run that nothing has happened to for long. */
function past({ state, project, name = state, outbox = [] }: Past): Run {
  const runId = runIdOf(project, name);
  const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
  return {
    ...{ runId, project, attempt: 1, state, revision: 0, history: [], outbox, nudges: 0, ...times },
    ...{ facts: { 'dataset.validated': validated(runId, project) }, attentionAt: '2026-01-02T00:00:00.000Z' },
  };
}

function validated(runId: string, project: string) {
  return { ...datasetValidated.example, runId, project, attempt: 1 };
}

function storesOf({ cloud, user }: World) {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(user.options));
  const name = cloud.description.tables[0]?.name ?? '';
  return {
    runs: createDynamoRunStore(table, name),
    devices: createDynamoDeviceStore(table, name),
    budget: createDynamoBudgetStore(table, name),
  };
}
