import type { PolicyStatement } from '../access/policy.ts';

/** What serverless.yml asks for, in the embedded cloud's own words: every variable and intrinsic resolved. */
export interface CloudDescription {
  service: string;
  stage: string;
  region: string;
  accountId: string;
  /** The values behind `${param:…}`. */
  parameters: Record<string, unknown>;
  functions: FunctionDescription[];
  tables: TableDescription[];
  buckets: BucketDescription[];
  /** Names of the custom buses; `default` always exists. */
  buses: string[];
  queues: QueueDescription[];
  secrets: SecretDescription[];
  keys: KeyDescription[];
  /** The roles that SageMaker and the token exchange for devices take on. */
  roles: RoleDescription[];
  cors: CorsDescription | undefined;
  /** Those of the HTTP API that routes name. */
  jwtAuthorizers: JwtAuthorizerDescription[];
}

export interface FunctionDescription {
  /** The key below `functions:`, unique. */
  key: string;
  /** The name on AWS, `<service>-<stage>-<key>` unless given. */
  name: string;
  arn: string;
  /** Absolute path of the module, with its extension. */
  handlerFile: string;
  handlerExport: string;
  timeoutSeconds: number;
  memoryMegabytes: number;
  environment: Record<string, string>;
  /** What its role allows. */
  roleStatements: PolicyStatement[];
  /** Invocations at the same time; undefined means the embedded cloud's own default. */
  reservedConcurrency: number | undefined;
  /** Lambda's own limits for asynchronous invocations. */
  retryPolicy: Partial<RetryPolicy>;
  rules: RuleDescription[];
  schedules: ScheduleDescription[];
  routes: RouteDescription[];
  topicRules: TopicRuleDescription[];
  queues: QueueTriggerDescription[];
  /** ARN of the queue that gets the record of an asynchronous invocation that failed for good. */
  failureQueueArn: string | undefined;
}

/** A rule on a bus whose target is the function it belongs to. */
export interface RuleDescription {
  name: string;
  arn: string;
  bus: string;
  pattern: Record<string, unknown>;
  enabled: boolean;
  retryPolicy: Partial<RetryPolicy>;
  deadLetterQueue: string | undefined;
}

export interface RetryPolicy {
  maximumRetryAttempts: number;
  maximumEventAgeSeconds: number;
}

export interface ScheduleDescription {
  name: string;
  arn: string;
  /** `rate(…)` or `cron(…)`. */
  expression: string;
  enabled: boolean;
  /** Replaces the scheduled event, if given. */
  input: unknown;
}

export interface RouteDescription {
  /** Upper case, or `ANY`. */
  method: string;
  /** `/runs/{runId}`, `/{proxy+}`, or `$default`. */
  path: string;
  /** Whether an authorizer stands before it. */
  authorized: boolean;
  /** Name of the one for tokens; undefined: requests are signed. */
  jwt?: { name: string; scopes: string[] } | undefined;
}

export interface JwtAuthorizerDescription {
  name: string;
  /** The `iss` of its tokens. */
  issuer: string;
  audience: string[];
}

export interface TopicRuleDescription {
  name: string;
  sql: string;
  enabled: boolean;
}

/** Lambda's event source mapping of a queue. */
export interface QueueTriggerDescription {
  queueArn: string;
  batchSize: number;
  /** How long a batch that is not full may wait for more. */
  batchingWindowSeconds: number;
  /** The function names the messages that failed; the others of its batch are done. */
  reportsBatchItemFailures: boolean;
  /** Batches at the same time; undefined: as many as the function may run. */
  maximumConcurrency: number | undefined;
  /** Event patterns; a message that matches none of them is deleted unseen. Empty: all are taken. */
  filterPatterns: Record<string, unknown>[];
  enabled: boolean;
}

export interface TableDescription {
  logicalId: string;
  name: string;
  /** The CloudFormation properties, which are those of CreateTable for everything that is started locally. */
  properties: Record<string, unknown>;
}

export interface BucketDescription {
  logicalId: string;
  name: string;
  /** Whether the bucket announces its objects on the default bus. */
  announces: boolean;
  /** Whether the bucket keeps every version of an object. */
  versioned: boolean;
}

export interface QueueDescription {
  logicalId: string;
  name: string;
  arn: string;
  url: string;
  settings: QueueSettings;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html */
export interface QueueSettings {
  delaySeconds: number;
  visibilityTimeoutSeconds: number;
  retentionSeconds: number;
  receiveWaitSeconds: number;
  maximumMessageBytes: number;
  /** Where a message goes that was received too often. */
  redrive: { deadLetterArn: string; maxReceiveCount: number } | undefined;
}

export interface SecretDescription {
  logicalId: string;
  name: string;
  arn: string;
  /** The fixed value, or undefined for a generated one. */
  value: string | undefined;
  generate: Record<string, unknown>;
}

/** A key of KMS that signs. */
export interface KeyDescription {
  logicalId: string;
  id: string;
  arn: string;
  /** https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
  spec: string;
  /** `alias/…` */
  aliases: string[];
}

export interface RoleDescription {
  logicalId: string;
  name: string;
  arn: string;
  /** The services that may take it on, such as `sagemaker.amazonaws.com`. */
  trusts: string[];
  statements: PolicyStatement[];
}

export interface CorsDescription {
  allowedOrigins: string[];
  allowedHeaders: string[];
  allowedMethods: string[];
  exposedHeaders: string[];
  allowCredentials: boolean;
  maxAgeSeconds: number | undefined;
}
