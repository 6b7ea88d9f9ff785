/** What a function's answer says about the messages of its batch. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
import type { InvocationResult } from '../lambda/invocation.ts';

/** The ids of the messages that are to come again; an answer that cannot be read fails the whole batch. */
export function batchItemFailures(
  result: InvocationResult,
  ids: readonly string[],
  reports: boolean,
): ReadonlySet<string> {
  const all = new Set(ids);
  if (!result.ok) return all;
  if (!reports) return new Set();
  const answer: unknown = JSON.parse(result.payload);
  if (answer === null || (isRecord(answer) && Object.keys(answer).length === 0)) return new Set();
  const failures = isRecord(answer) ? answer.batchItemFailures : undefined;
  if (failures === null) return new Set();
  if (!Array.isArray(failures)) return all;
  const named = failures.map((failure) => (isRecord(failure) ? failure.itemIdentifier : undefined));
  const known = named.filter((id): id is string => typeof id === 'string' && all.has(id));
  return known.length < named.length ? all : new Set(known);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
