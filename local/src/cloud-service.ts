/** The seam for further services: what a service gets, and what it gives. */
import type { Identities } from './access/identities.ts';
import type { ServiceHandler } from './aws-endpoint/aws-endpoint.ts';
import type { EventInput } from './bus/event-bus.ts';
import type { Clock } from './clock.ts';
import type { Keys } from './kms/keys.ts';
import type { InvocationResult } from './lambda/invocation.ts';
import type { Secrets } from './secrets-manager/secrets.ts';
import type { CloudDescription } from './serverless-file/description.ts';
import type { Database } from './state/database.ts';

/**
 * Started when the bus, the tables and the buckets already answer, before any function runs; in the order of `services`.
 * Closed in the opposite order, after the functions.
 */
export type CloudService = (context: CloudContext) => RunningService | Promise<RunningService>;

export interface CloudContext {
  description: CloudDescription;
  /** The state directory, absolute; a service keeps to a folder of its own name in it. */
  directory: string;
  /** The folder of serverless.yml, absolute. */
  root: string;
  endpoints: { aws: string; api: string };
  /** For clients of this cloud, in this process or in another. */
  environment: Record<string, string>;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Gives a service the credentials of the roles that it takes on. */
  identities: Identities;
  clock: Clock;
  /** One SQLite file for all; a service creates its tables under its own name. */
  database: Database;
  secrets: Secrets;
  keys: Keys;
  /** Answers requests that are signed for a service: `sagemaker`, `greengrass`, `iot`, `iotdata`. `jsonService` makes a handler. */
  register(signingName: string, handler: ServiceHandler): void;
  /** Accepts events, from AWS services as well; they survive a kill when this returns. Gives their ids. */
  putEvents(events: EventInput[]): string[];
  /** Runs a function at least once, retried like an event; safe when this returns. */
  invokeLater(functionKey: string, payload: unknown): void;
  /** Runs a function once, now. */
  invoke(functionKey: string, payload: unknown): Promise<InvocationResult>;
  /** One line for the person at the terminal and for `logs/cloud.log`. */
  log(line: string): void;
}

export interface RunningService {
  /** Added to every function's environment and to the cloud's. */
  environment?: Record<string, string>;
  /** Further addresses to print, by name. */
  endpoints?: Record<string, string>;
  close?(): void | Promise<void>;
}
