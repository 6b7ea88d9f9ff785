import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { ApiClient } from '../api/api-client.ts';
import { createLambda, type FunctionConfiguration, type Lambda } from '../aws/lambda.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { stageOf } from '../dead-letters/queues.ts';
import type { Found } from './finding.ts';

/** What the checks look at: a deployment, and the ways to ask about it. */
export interface Patient {
  readonly cloud: Cloud;
  /** `dropforge-<stage>`, which begins the names of everything deployed. */
  readonly prefix: string;
  readonly api: ApiClient;
  readonly clients: Clients;
  readonly lambda: Lambda;
  /** A function's settings by its key in serverless.yml; asked for once. */
  configurationOf(functionKey: string): Promise<FunctionConfiguration>;
  /** Instance types that training is to run on. */
  readonly training: TrainingPlan;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
}

export interface TrainingPlan {
  readonly instanceTypes: readonly string[];
  readonly instanceCount: number;
  readonly spot: boolean;
}

export interface Clients {
  readonly sts: STSClient;
  readonly cloudFormation: CloudFormationClient;
  readonly eventBridge: EventBridgeClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly ecr: ECRClient;
  readonly kms: KMSClient;
  readonly quotas: ServiceQuotasClient;
  readonly secrets: SecretsManagerClient;
}

/** One thing to look at. It may throw what AWS's clients throw: the reason is told in its place. */
export interface Check {
  readonly name: string;
  /** The service of AWS that it asks, where the embedded cloud has none. */
  readonly service?: string;
  examine(patient: Patient): Promise<Found | readonly Found[]>;
}

export function createPatient(cloud: Cloud, api: ApiClient, training: TrainingPlan, now: () => Date): Patient {
  const prefix = `dropforge-${stageOf(cloud)}`;
  const lambda = createLambda(cloud.aws);
  const known = new Map<string, Promise<FunctionConfiguration>>();
  return {
    ...{ cloud, prefix, api, lambda, training, now, fetch },
    clients: createClients(cloud),
    configurationOf(key) {
      const asked = known.get(key) ?? lambda.configuration(`${prefix}-${key}`);
      known.set(key, asked);
      return asked;
    },
  };
}

function createClients(cloud: Cloud): Clients {
  const settings = { ...cloud.aws, maxAttempts: 2 };
  return {
    sts: new STSClient(settings),
    cloudFormation: new CloudFormationClient(settings),
    eventBridge: new EventBridgeClient(settings),
    dynamodb: new DynamoDBClient(settings),
    s3: cloud.s3(),
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: cloud.aws.endpoint === undefined }),
    ecr: new ECRClient(settings),
    kms: new KMSClient(settings),
    quotas: new ServiceQuotasClient(settings),
    secrets: new SecretsManagerClient(settings),
  };
}

/** One of a function's variables; undefined: it has none of that name, or an empty one. */
export async function variableOf(patient: Patient, functionKey: string, name: string): Promise<string | undefined> {
  const { Environment: environment } = await patient.configurationOf(functionKey);
  return environment?.Variables?.[name] || undefined;
}
