/** Starts the embedded cloud: what serverless.yml names, on this machine, with everything kept in one directory. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createAwsEndpoint } from './aws-endpoint/aws-endpoint.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CloudService, RunningService } from './cloud-service.ts';
import type { Faults } from './faults.ts';
import { createHttpApi, type HttpApiBackend } from './http-api/http-api.ts';
import type { createFunctions } from './lambda/functions.ts';
import { openLogFile } from './lambda/log-file.ts';
import { closeServer, listen } from './listen.ts';
import type { CloudDescription } from './serverless-file/description.ts';
import { readServerlessFile } from './serverless-file/read-serverless-file.ts';
import { type RunningServices, startServices } from './start-services.ts';
import { CLOUD_FILE, lockDirectory } from './state/directory-lock.ts';
import { versionBuckets } from './version-buckets.ts';

export interface CloudOptions {
  /** The state directory. */
  directory: string;
  /** Path of serverless.yml. */
  serverlessFile: string;
  stage?: string;
  /** As `--param name=value` gives them to the framework: they win over those of serverless.yml. */
  parameters?: Readonly<Record<string, string>>;
  /** 0, the default, takes a free port. */
  ports?: { aws?: number; api?: number };
  /** Further services: SageMaker, Greengrass, … */
  services?: CloudService[];
  clock?: Clock;
  /** Upper bound of a failed delivery's first delay, in milliseconds. */
  firstRetryMilliseconds?: number;
  /** Runs the functions in another way than in threads of this process. */
  createFunctions?: typeof createFunctions;
  /** A file that gets every call of AWS's API, one JSON line each. */
  recordCalls?: string;
  /** For tests. */
  faults?: Faults;
  /** Takes lines for the person at the terminal. */
  log?: (line: string) => void;
}

export interface Cloud {
  description: CloudDescription;
  /** `aws` and `s3` are one port; `api` is the HTTP API; services add their own. */
  endpoints: { aws: string; s3: string; api: string } & Record<string, string>;
  /** For clients: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, … */
  environment: Record<string, string>;
  queues: RunningServices['queues'];
  secrets: RunningServices['secrets'];
  invoke: RunningServices['invoke'];
  putEvents: RunningServices['putEvents'];
  /** Number of events that are on their way to a function. */
  owedDeliveries(): number;
  /** Finishes what can be finished in a moment; the rest is done at the next start. */
  stop(): Promise<void>;
}

/** The account of everything local. */
const ACCOUNT_ID = '000000000000';
/** The one key; it opens nothing but this machine's own cloud. */
const CREDENTIALS = { accessKeyId: 'dropforge', secretAccessKey: 'dropforge' };

/**
 * @throws DirectoryInUseError, PortInUseError, ServerlessFileError, InvalidEventPatternError, InvalidScheduleError, TableChangedError
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const directory = path.resolve(options.directory);
  const closers: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const lock = lockDirectory(directory);
    closers.push(() => lock.release());
    return await startLocked({ ...options, directory }, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startLocked(
  options: CloudOptions,
  closers: (() => void | Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Cloud> {
  const { directory } = options;
  const file = path.resolve(options.serverlessFile);
  const clock = options.clock ?? systemClock;
  mkdirSync(directory, { recursive: true });
  const log = createLog(options);
  const onError = (error: unknown) => log(`ERROR ${error instanceof Error ? (error.stack ?? error.message) : error}`);

  const coreReady = Promise.withResolvers<void>();
  const allReady = Promise.withResolvers<HttpApiBackend>();
  const { faults = {} } = options;
  const aws = createAwsEndpoint({ ...CREDENTIALS, ready: coreReady.promise, onRequest: faults.onRequest, onError });
  const awsUrl = await listen(aws.server, 'aws', options.ports?.aws ?? 0);
  closers.push(() => closeServer(aws.server));
  const api = createHttpApi(allReady.promise, onError);
  const apiUrl = await listen(api, 'api', options.ports?.api ?? 0);
  closers.push(() => closeServer(api));

  const endpoints = { aws: awsUrl, s3: awsUrl, api: apiUrl };
  const { stage, parameters } = options;
  const description = readServerlessFile({ file, stage, parameters, accountId: ACCOUNT_ID, endpoints });
  const environment = clientEnvironment(awsUrl, description.region);
  const running = await startServices({
    description,
    directory,
    environment,
    credentials: CREDENTIALS,
    clock,
    firstRetryMilliseconds: options.firstRetryMilliseconds,
    faults,
    createFunctions: options.createFunctions,
    register: aws.register,
    guard: aws.guard,
    recordCalls: options.recordCalls,
    closers,
    log,
    onError,
  });
  coreReady.resolve();
  await versionBuckets(description.buckets, { endpoint: awsUrl, region: description.region, credentials: CREDENTIALS });
  const cloud: Cloud = { description, endpoints, environment, ...running, stop };
  for (const service of options.services ?? []) {
    const root = path.dirname(file);
    const context = {
      ...running,
      description,
      directory,
      root,
      endpoints,
      environment,
      credentials: CREDENTIALS,
      clock,
      log,
    };
    addService(await service({ ...context, register: aws.register }), cloud, closers);
  }
  running.begin();
  allReady.resolve({ description, clock, invoke: running.invokeJson, identities: running.identities, log });
  announce(directory, cloud, closers);
  return cloud;
}

function createLog({ directory, log }: CloudOptions): (line: string) => void {
  const file = openLogFile(path.join(directory, 'logs'), 'cloud');
  return (line) => {
    file.write(line);
    log?.(line);
  };
}

/** What SDKs and the aws command read by themselves; profiles of this machine's user stay out of it. */
function clientEnvironment(awsUrl: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function addService(service: RunningService, cloud: Cloud, closers: (() => void | Promise<void>)[]): void {
  Object.assign(cloud.environment, service.environment);
  Object.assign(cloud.endpoints, service.endpoints);
  if (service.close !== undefined) closers.push(() => service.close?.());
}

/** Tells other programs on this machine where the cloud answers, for as long as it does. */
function announce(
  directory: string,
  { description, endpoints, environment }: Cloud,
  closers: (() => void | Promise<void>)[],
): void {
  const file = path.join(directory, CLOUD_FILE);
  const { stage, jwtAuthorizers } = description;
  const takesTokens = jwtAuthorizers.length > 0;
  const content = { pid: process.pid, stage, takesTokens, endpoints, environment, startedAt: new Date().toISOString() };
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  closers.push(() => rmSync(file, { force: true }));
}
