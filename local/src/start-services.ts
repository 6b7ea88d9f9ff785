/** Starts the parts that every embedded cloud has, in the order in which they need each other. */
import path from 'node:path';
import { type Access, createAccess } from './access/access.ts';
import { type CallRecorder, createCallRecorder } from './access/call-recorder.ts';
import { createIdentities } from './access/identities.ts';
import { s3Guard } from './access/s3-access.ts';
import type { AwsEndpoint } from './aws-endpoint/aws-endpoint.ts';
import { jsonService } from './aws-endpoint/json-protocol.ts';
import { busActions } from './bus/bus-actions.ts';
import { createDeliverer, type Deliverer } from './bus/deliverer.ts';
import { createEventBus, type EventBus, type EventInput } from './bus/event-bus.ts';
import { putEvents } from './bus/put-events.ts';
import { DEFAULT_RETRY_DELAYS } from './bus/retry-delay.ts';
import { testEventPattern } from './bus/test-event-pattern.ts';
import type { Clock } from './clock.ts';
import { startDynamodb } from './dynamodb/dynamodb.ts';
import type { Faults } from './faults.ts';
import { type Keys, openKeys } from './kms/keys.ts';
import { createKms } from './kms/kms.ts';
import { functionEnvironment } from './lambda/environment.ts';
import { createFunctions, type Functions } from './lambda/functions.ts';
import type { InvocationResult } from './lambda/invocation.ts';
import { createLambdaApi } from './lambda/lambda-api.ts';
import { objectCreatedEvent } from './object-created.ts';
import type { EventSourceMapping } from './queues/event-source-mapping.ts';
import type { Queues } from './queues/queues.ts';
import { startQueues } from './queues/start-queues.ts';
import { createS3 } from './s3/index.ts';
import { startSchedules } from './schedule/schedules.ts';
import { openSecrets, type Secrets } from './secrets-manager/secrets.ts';
import { createSecretsManager } from './secrets-manager/secrets-manager.ts';
import type { CloudDescription } from './serverless-file/description.ts';
import { type Database, openDatabase } from './state/database.ts';

export interface ServicesOptions {
  description: CloudDescription;
  directory: string;
  /** Read when a function starts, so that services may add to it before. */
  environment: Record<string, string>;
  credentials: { accessKeyId: string; secretAccessKey: string };
  clock: Clock;
  firstRetryMilliseconds: number | undefined;
  faults: Faults;
  createFunctions: typeof createFunctions | undefined;
  register: AwsEndpoint['register'];
  guard: AwsEndpoint['guard'];
  /** File for every call of AWS's API; none is kept if not given. */
  recordCalls: string | undefined;
  /** Gets what is to be done at the end, in reverse order. */
  closers: (() => void | Promise<void>)[];
  log(line: string): void;
  onError(error: unknown): void;
}

export interface RunningServices {
  database: Database;
  queues: Queues;
  secrets: Secrets;
  keys: Keys;
  identities: Access['identities'];
  putEvents(events: EventInput[]): string[];
  invoke(functionKey: string, payload: unknown): Promise<InvocationResult>;
  /** The same with the payload as JSON text. */
  invokeJson(functionKey: string, payload: string): Promise<InvocationResult>;
  invokeLater(functionKey: string, payload: unknown): void;
  owedDeliveries(): number;
  /** Functions run only after this. */
  begin(): void;
}

/** How long running functions may go on when the cloud stops. */
const STOP_GRACE_MILLISECONDS = 2_000;

export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  const { description, directory, clock, closers, register, log, onError } = options;
  const database = openDatabase(directory);
  closers.push(() => database.close());
  const access = startAccess(options);
  const sqs = startQueues({ description, database, clock, onError });
  closers.push(() => sqs.close());
  const { queues } = sqs;
  register('sqs', sqs.handle);
  const secrets = openSecrets(directory, description.secrets);
  register('secretsmanager', createSecretsManager(secrets));
  const keys = openKeys(directory, description.keys);
  register('kms', createKms(keys));

  const dynamodb = await startDynamodb({ directory: path.join(directory, 'dynamodb'), description, clock, onError });
  closers.push(() => dynamodb.close());
  register('dynamodb', dynamodb.handle);

  const functions = (options.createFunctions ?? createFunctions)({
    functions: description.functions,
    directory,
    environmentOf: (one) => functionEnvironment(one, options.environment, access.identities.ofFunction(one.key)),
  });
  const deliverer = startDeliverer(options, database, queues, functions, access);
  const bus = createEventBus({ description, deliverer, clock });
  register(
    'events',
    jsonService({
      PutEvents: (input) => putEvents(bus, input, options.faults.onEntry),
      TestEventPattern: testEventPattern,
      ...busActions(description),
    }),
  );
  await startS3(options, bus, access);

  const invokeLater: RunningServices['invokeLater'] = (key, payload) =>
    deliverer.accept([bus.invocation(key, payload)]);
  register('lambda', createLambdaApi({ functions: description.functions, invokeLater }));
  const invokeJson: RunningServices['invokeJson'] = (key, payload) => functions.invoke(key, payload);
  return {
    database,
    queues,
    secrets,
    keys,
    identities: access.identities,
    putEvents: (events) => bus.put(events),
    invoke: (key, payload) => invokeJson(key, JSON.stringify(payload)),
    invokeJson,
    invokeLater,
    owedDeliveries: () => deliverer.owed,
    begin() {
      // The first to stop: what still runs then finds every service that it needs.
      const mappings = sqs.startMappings(functions);
      closers.push(() => stopFunctions(deliverer, mappings, functions));
      const schedules = startSchedules({ description, clock, database, invoke: invokeJson });
      closers.push(() => schedules.stop());
      if (deliverer.owed > 0) log(`Continues with ${deliverer.owed} deliveries of an earlier run`);
      deliverer.start();
    },
  };
}

function startAccess({ description, credentials, guard, recordCalls, clock, closers, log }: ServicesOptions): Access {
  const recorder: CallRecorder | undefined =
    recordCalls === undefined ? undefined : createCallRecorder(recordCalls, () => clock.now());
  if (recorder !== undefined) closers.push(() => recorder.close());
  const access = createAccess({
    identities: createIdentities(description, credentials),
    place: description,
    recorder,
    log,
  });
  guard(access);
  return access;
}

function startDeliverer(
  { clock, firstRetryMilliseconds, faults, log, onError }: ServicesOptions,
  database: Database,
  queues: Queues,
  functions: Functions,
  access: Access,
): Deliverer {
  const firstMilliseconds = firstRetryMilliseconds ?? DEFAULT_RETRY_DELAYS.firstMilliseconds;
  return createDeliverer({
    database,
    queues,
    clock,
    // Whoever asks for a longer first delay than the longest, as AWS has it, gets the second twice as long, also as AWS.
    delays: {
      ...DEFAULT_RETRY_DELAYS,
      firstMilliseconds,
      longestMilliseconds: Math.max(DEFAULT_RETRY_DELAYS.longestMilliseconds, 2 * firstMilliseconds),
    },
    invoke: (target, payload, requestId) => functions.invoke(target, payload, requestId),
    concurrency: (target) => functions.concurrency(target),
    refusalOf: (target, QueueName) =>
      access.checkDeed(target, { service: 'sqs', operation: 'SendMessage', input: { QueueName } }),
    onDelivery: faults.onDelivery,
    onGivenUp: ({ target }, reason, queue) =>
      log(`GAVE UP an event for ${target}, ${queue === undefined ? 'dropped' : `now in ${queue}`}: ${reason}`),
    onError,
  });
}

async function startS3(
  { description, directory, credentials, closers, register, log }: ServicesOptions,
  bus: EventBus,
  access: Access,
): Promise<void> {
  const s3 = await createS3({
    directory: path.join(directory, 's3'),
    credentials,
    region: description.region,
    anyRegion: true,
    guard: s3Guard(access),
    onObjectCreated: (object) => void bus.put([objectCreatedEvent(object)]),
    log: (message, detail) => log(`${message}: ${detail instanceof Error ? detail.message : detail}`),
  });
  closers.push(() => s3.close());
  register('s3', (request, response) => s3.handle(request, response));
  for (const { name } of description.buckets) s3.createBucket(name);
}

async function stopFunctions(deliverer: Deliverer, mappings: EventSourceMapping, functions: Functions): Promise<void> {
  const delivered = Promise.all([deliverer.stop(), mappings.stop()]);
  const grace = Promise.withResolvers<void>();
  const timer = setTimeout(grace.resolve, STOP_GRACE_MILLISECONDS);
  await Promise.race([delivered, grace.promise]);
  clearTimeout(timer);
  await functions.close();
  await delivered;
}
