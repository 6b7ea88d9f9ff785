/** Lambda's side of a queue: receives batches, runs the function, deletes what it has done. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
import { compileEventPattern } from '../bus/event-pattern.ts';
import type { InvocationResult } from '../lambda/invocation.ts';
import type { QueueDescription, QueueTriggerDescription } from '../serverless-file/description.ts';
import { batchEvent } from './batch-event.ts';
import { batchItemFailures } from './batch-response.ts';
import type { QueueMessage } from './message.ts';
import { type ReceiveContext, receiveFrom, waitForMessages } from './receive.ts';

export interface MappingOptions extends ReceiveContext {
  readonly trigger: QueueTriggerDescription;
  readonly queue: QueueDescription;
  readonly region: string;
  /** Batches at the same time. */
  readonly concurrency: number;
  /** Runs the function once; never rejects. */
  invoke(payload: string): Promise<InvocationResult>;
  onError(error: unknown): void;
}

export interface EventSourceMapping {
  /** Begins no further batch and waits for those that run; what was not deleted comes again. */
  stop(): Promise<void>;
}

/** Where the state could not be read or written, the next try waits for this. */
const afterErrorMilliseconds = 5_000;

export function startEventSourceMapping(options: MappingOptions): EventSourceMapping {
  const { queue, clock } = options;
  const wanted = options.trigger.filterPatterns.map(compileEventPattern);
  const stopping = new AbortController();
  const pollers = Array.from({ length: options.concurrency }, () => poll());

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await handleBatch(await gather());
      } catch (error) {
        options.onError(error);
        await waitForMessages(options, queue, clock.now() + afterErrorMilliseconds, stopping.signal);
      }
    }
  }

  /** The first message opens the window; a full batch closes it early. Empty when the cloud stops. */
  async function gather(): Promise<QueueMessage[]> {
    const { batchSize, batchingWindowSeconds } = options.trigger;
    const batch: QueueMessage[] = [];
    let deadline = Number.POSITIVE_INFINITY;
    for (;;) {
      batch.push(...receiveFrom(options, queue, batchSize - batch.length).filter(passes));
      if (batch.length > 0) deadline = Math.min(deadline, clock.now() + batchingWindowSeconds * 1_000);
      if (batch.length >= batchSize || clock.now() >= deadline || stopping.signal.aborted) return batch;
      await waitForMessages(options, queue, deadline, stopping.signal);
    }
  }

  /** What matches no filter is deleted: nobody will ever want it. */
  function passes(message: QueueMessage): boolean {
    if (wanted.length === 0 || wanted.some((matches) => matches(filterable(message)))) return true;
    options.queues.remove(queue.name, message.messageId);
    return false;
  }

  /** A message that failed stays hidden until its visibility timeout ends: that is its retry. */
  async function handleBatch(batch: readonly QueueMessage[]): Promise<void> {
    if (batch.length === 0 || stopping.signal.aborted) return;
    const result = await options.invoke(JSON.stringify(batchEvent(batch, queue.arn, options.region)));
    const ids = batch.map(({ messageId }) => messageId);
    const failed = batchItemFailures(result, ids, options.trigger.reportsBatchItemFailures);
    for (const { messageId, receipt = '' } of batch) {
      // Somebody else has it by now if the function took longer than it stayed hidden.
      const stillOurs = options.queues.byReceipt(queue.name, receipt) !== undefined;
      if (stillOurs && !failed.has(messageId)) options.queues.remove(queue.name, messageId);
    }
  }

  return {
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
}

/** Filters see the record, its body parsed where it is JSON. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html */
function filterable({ body }: QueueMessage): Record<string, unknown> {
  try {
    return { body: JSON.parse(body) };
  } catch {
    return { body };
  }
}
