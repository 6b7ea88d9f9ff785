/** Receiving, for the API and for Lambda's event source mappings alike. */
import type { Clock } from '../clock.ts';
import type { QueueDescription } from '../serverless-file/description.ts';
import type { QueueMessage } from './message.ts';
import type { Queues } from './queues.ts';

export interface ReceiveContext {
  readonly queues: Queues;
  readonly descriptions: readonly QueueDescription[];
  readonly clock: Clock;
}

/** Takes visible messages; those too old are forgotten and those received too often go to the dead-letter queue first. */
export function receiveFrom(
  { queues, descriptions, clock }: ReceiveContext,
  { name, arn, settings }: QueueDescription,
  most: number,
  hideMilliseconds = settings.visibilityTimeoutSeconds * 1_000,
): QueueMessage[] {
  const now = clock.now();
  queues.expire(name, now - settings.retentionSeconds * 1_000);
  const deadLetterQueue = descriptions.find((queue) => queue.arn === settings.redrive?.deadLetterArn)?.name;
  const redrive =
    settings.redrive && deadLetterQueue
      ? { deadLetterQueue, sourceArn: arn, maxReceiveCount: settings.redrive.maxReceiveCount }
      : undefined;
  return queues.receive(name, { most, hideMilliseconds, now, ...(redrive ? { redrive } : {}) });
}

/** Waits until there may be something to receive, or the deadline (milliseconds since 1970), or the signal. */
export async function waitForMessages(
  { queues, clock }: ReceiveContext,
  { name }: QueueDescription,
  deadline: number,
  signal: AbortSignal,
): Promise<void> {
  const now = clock.now();
  if (signal.aborted) return;
  const woken = Promise.withResolvers<void>();
  const due = Math.min(deadline, queues.nextVisibleAt(name, now) ?? deadline);
  const cancelTimer = due === Number.POSITIVE_INFINITY ? () => {} : clock.after(due - now, woken.resolve);
  const forget = queues.onMessage(name, woken.resolve);
  const wake = () => woken.resolve();
  signal.addEventListener('abort', wake, { once: true });
  await woken.promise;
  signal.removeEventListener('abort', wake);
  cancelTimer();
  forget();
}
