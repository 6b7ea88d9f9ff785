/** Takes the members of a request apart as SQS does. */
import type { Clock } from '../../clock.ts';
import type { QueueDescription } from '../../serverless-file/description.ts';
import type { Queues } from '../queues.ts';
import { invalidParameter, missingParameter, SqsError, sqsError } from '../sqs-error.ts';

/** What every action works with. */
export interface SqsContext {
  readonly queues: Queues;
  readonly descriptions: readonly QueueDescription[];
  readonly clock: Clock;
  /** Ends every wait when the cloud stops. */
  readonly closing: AbortSignal;
}

export type Input = Readonly<Record<string, unknown>>;

export function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw missingParameter(name);
}

/** A whole number within bounds, or the fallback where nothing is given. */
export function integer(input: Input, name: string, bounds: { least: number; most: number; fallback: number }): number {
  const value = input[name] ?? bounds.fallback;
  if (Number.isInteger(value) && Number(value) >= bounds.least && Number(value) <= bounds.most) return Number(value);
  throw invalidParameter(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be >= ${bounds.least} and <= ${bounds.most}, if provided.`,
  );
}

export function texts(input: Input, name: string): string[] {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A receipt handle of ours; what never was one is refused, an outdated one is not. */
export function receiptHandle(input: Input): string {
  const handle = text(input, 'ReceiptHandle');
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(handle)) return handle;
  throw new SqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, {
    status: 404,
  });
}

const largestBatch = 10;

/** Does one action for each entry of a batch; what one is refused for does not stop the others. */
export function eachEntry<Result extends object>(input: Input, one: (entry: Input) => Result) {
  const entries = entriesOf(input);
  const successful: (Result & { Id: string })[] = [];
  const failed: { Id: string; Code: string; Message: string; SenderFault: true }[] = [];
  for (const entry of entries) {
    const Id = String(entry.Id);
    try {
      successful.push({ Id, ...one(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      failed.push({ Id, Code: error.queryCode, Message: error.message, SenderFault: true });
    }
  }
  return { Successful: successful, Failed: failed };
}

export function entriesOf(input: Input): Record<string, unknown>[] {
  const entries = Array.isArray(input.Entries) ? input.Entries.map(record) : [];
  if (entries.length === 0) {
    throw sqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > largestBatch) {
    const message = `Maximum number of entries per request are ${largestBatch}. You have sent ${entries.length}.`;
    throw sqsError('TooManyEntriesInBatchRequest', message);
  }
  const ids = entries.map((entry) => String(entry.Id ?? ''));
  if (ids.some((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id))) {
    const message = 'A batch entry id can only contain alphanumeric characters, hyphens and underscores, 80 at most.';
    throw sqsError('InvalidBatchEntryId', message);
  }
  if (new Set(ids).size < ids.length) throw sqsError('BatchEntryIdsNotDistinct', 'Two entries have the same Id.');
  return entries;
}
