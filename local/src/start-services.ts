/** Starts the parts that every embedded cloud has, in the order in which they need each other. */
import path from 'node:path';
import type { AwsEndpoint } from './aws-endpoint/aws-endpoint.ts';
import { jsonService } from './aws-endpoint/json-protocol.ts';
import { createDeliverer, type Deliverer } from './bus/deliverer.ts';
import { createEventBus, type EventBus, type EventInput } from './bus/event-bus.ts';
import { putEvents } from './bus/put-events.ts';
import { DEFAULT_RETRY_DELAYS } from './bus/retry-delay.ts';
import type { Clock } from './clock.ts';
import { startDynamodb } from './dynamodb/dynamodb.ts';
import { functionEnvironment } from './lambda/environment.ts';
import { createFunctions, type Functions } from './lambda/functions.ts';
import type { InvocationResult } from './lambda/invocation.ts';
import { objectCreatedEvent } from './object-created.ts';
import { openQueues, type Queues } from './queues/queues.ts';
import { createSqs } from './queues/sqs.ts';
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
  register: AwsEndpoint['register'];
  /** Gets what is to be done at the end, in reverse order. */
  closers: (() => void | Promise<void>)[];
  log(line: string): void;
  onError(error: unknown): void;
}

export interface RunningServices {
  database: Database;
  queues: Queues;
  secrets: Secrets;
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
  const queues = openQueues(database);
  register('sqs', createSqs({ queues, descriptions: description.queues, clock }));
  const secrets = openSecrets(directory, description.secrets);
  register('secretsmanager', createSecretsManager(secrets));

  const dynamodb = await startDynamodb({ directory: path.join(directory, 'dynamodb'), description, onError });
  closers.push(() => dynamodb.close());
  register('dynamodb', dynamodb.handle);

  const functions = createFunctions({
    functions: description.functions,
    directory,
    environmentOf: (one) => functionEnvironment(one, options.environment),
  });
  const deliverer = startDeliverer(options, database, queues, functions);
  const bus = createEventBus({ description, deliverer, clock });
  register('events', jsonService({ PutEvents: (input) => putEvents(bus, input) }));
  await startS3(options, bus);

  const invokeJson: RunningServices['invokeJson'] = (key, payload) => functions.invoke(key, payload);
  return {
    database,
    queues,
    secrets,
    putEvents: (events) => bus.put(events),
    invoke: (key, payload) => invokeJson(key, JSON.stringify(payload)),
    invokeJson,
    invokeLater: (key, payload) => deliverer.accept([bus.invocation(key, payload)]),
    owedDeliveries: () => deliverer.owed,
    begin() {
      // The first to stop: what still runs then finds every service that it needs.
      closers.push(() => stopFunctions(deliverer, functions));
      const schedules = startSchedules({ description, clock, database, invoke: invokeJson });
      closers.push(() => schedules.stop());
      if (deliverer.owed > 0) log(`Continues with ${deliverer.owed} deliveries of an earlier run`);
      deliverer.start();
    },
  };
}

function startDeliverer(
  { clock, firstRetryMilliseconds, log, onError }: ServicesOptions,
  database: Database,
  queues: Queues,
  functions: Functions,
): Deliverer {
  const firstMilliseconds = firstRetryMilliseconds ?? DEFAULT_RETRY_DELAYS.firstMilliseconds;
  return createDeliverer({
    database,
    queues,
    clock,
    delays: { ...DEFAULT_RETRY_DELAYS, firstMilliseconds },
    invoke: (target, payload) => functions.invoke(target, payload),
    concurrency: (target) => functions.concurrency(target),
    onGivenUp: ({ target, deadLetterQueue }, reason) =>
      log(
        `GAVE UP an event for ${target}, ${deadLetterQueue === undefined ? 'dropped' : `now in ${deadLetterQueue}`}: ${reason}`,
      ),
    onError,
  });
}

async function startS3(
  { description, directory, credentials, closers, register, log }: ServicesOptions,
  bus: EventBus,
): Promise<void> {
  const s3 = await createS3({
    directory: path.join(directory, 's3'),
    credentials,
    region: description.region,
    anyRegion: true,
    onObjectCreated: (object) => void bus.put([objectCreatedEvent(object)]),
    log: (message, detail) => log(`${message}: ${detail instanceof Error ? detail.message : detail}`),
  });
  closers.push(() => s3.close());
  register('s3', (request, response) => s3.handle(request, response));
  for (const { name } of description.buckets) s3.createBucket(name);
}

async function stopFunctions(deliverer: Deliverer, functions: Functions): Promise<void> {
  const delivered = deliverer.stop();
  const grace = Promise.withResolvers<void>();
  const timer = setTimeout(grace.resolve, STOP_GRACE_MILLISECONDS);
  await Promise.race([delivered, grace.promise]);
  clearTimeout(timer);
  await functions.close();
  await delivered;
}
