/** The queues of the stack and Lambda's event source mappings of them. */
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import type { Clock } from '../clock.ts';
import type { Functions } from '../lambda/functions.ts';
import type { CloudDescription } from '../serverless-file/description.ts';
import { queueTriggers } from '../serverless-file/queue-trigger.ts';
import type { Database } from '../state/database.ts';
import { type EventSourceMapping, startEventSourceMapping } from './event-source-mapping.ts';
import { openMoveTasks } from './move-tasks.ts';
import { openQueues, type Queues } from './queues.ts';
import { createSqs } from './sqs.ts';

export interface QueuesOptions {
  readonly description: Pick<CloudDescription, 'queues' | 'functions' | 'region'>;
  readonly database: Database;
  readonly clock: Clock;
  onError(error: unknown): void;
}

export interface RunningQueues {
  readonly queues: Queues;
  readonly handle: ServiceHandler;
  /** Begins to hand batches to functions. */
  startMappings(functions: Pick<Functions, 'invoke' | 'concurrency'>): EventSourceMapping;
  close(): void;
}

/** @throws ServerlessFileError for a mapping that Lambda refuses. */
export function startQueues({ description, database, clock, onError }: QueuesOptions): RunningQueues {
  const queues = openQueues(database);
  const descriptions = description.queues;
  const closing = new AbortController();
  const moveTasks = openMoveTasks({ database, queues, descriptions, clock });
  const triggers = queueTriggers(description.functions, descriptions).filter(({ trigger }) => trigger.enabled);
  return {
    queues,
    handle: createSqs({ queues, descriptions, clock, moveTasks, closing: closing.signal }),
    startMappings(functions) {
      const mappings = triggers.map(({ owner, trigger, queue }) =>
        startEventSourceMapping({
          queues,
          descriptions,
          clock,
          trigger,
          queue,
          region: description.region,
          concurrency: Math.min(trigger.maximumConcurrency ?? Infinity, functions.concurrency(owner.key)),
          invoke: (payload) => functions.invoke(owner.key, payload),
          onError,
        }),
      );
      return { stop: async () => void (await Promise.all(mappings.map((mapping) => mapping.stop()))) };
    },
    close() {
      closing.abort();
      moveTasks.stop();
    },
  };
}
