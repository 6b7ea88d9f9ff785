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
  cors: CorsDescription | undefined;
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
  /** Invocations at the same time; undefined means the embedded cloud's own default. */
  reservedConcurrency: number | undefined;
  /** Lambda's own limits for asynchronous invocations; they win over the rule's. */
  retryPolicy: Partial<RetryPolicy>;
  rules: RuleDescription[];
  schedules: ScheduleDescription[];
  routes: RouteDescription[];
  topicRules: TopicRuleDescription[];
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
}

export interface TopicRuleDescription {
  name: string;
  sql: string;
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
}

export interface SecretDescription {
  logicalId: string;
  name: string;
  arn: string;
  /** The fixed value, or undefined for a generated one. */
  value: string | undefined;
  generate: Record<string, unknown>;
}

export interface CorsDescription {
  allowedOrigins: string[];
  allowedHeaders: string[];
  allowedMethods: string[];
  exposedHeaders: string[];
  allowCredentials: boolean;
  maxAgeSeconds: number | undefined;
}
