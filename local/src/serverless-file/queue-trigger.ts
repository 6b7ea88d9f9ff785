/** The `sqs` trigger of a function: an event source mapping. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
import { compileEventPattern } from '../bus/event-pattern.ts';
import type { FunctionDescription, QueueDescription, QueueTriggerDescription } from './description.ts';
import { ServerlessFileError } from './serverless-file-error.ts';
import { asInteger, asRecord, asText, optionalInteger } from './values.ts';

/** `value`: the ARN of a queue, or the mapping's settings with the ARN among them. */
export function readQueueTrigger(value: unknown, place: string): QueueTriggerDescription {
  const settings = typeof value === 'string' ? { arn: value } : asRecord(value, place);
  const batchSize = asInteger(settings.batchSize, `${place}.batchSize`, { least: 1, most: 10_000, fallback: 10 });
  const batchingWindowSeconds = asInteger(settings.maximumBatchingWindow, `${place}.maximumBatchingWindow`, {
    least: 0,
    most: 300,
    fallback: 0,
  });
  if (batchSize > 10 && batchingWindowSeconds === 0) {
    throw new ServerlessFileError('VALUE_INVALID', place, 'a batch of more than 10 needs a maximumBatchingWindow');
  }
  return {
    queueArn: asText(settings.arn, `${place}.arn`),
    batchSize,
    batchingWindowSeconds,
    reportsBatchItemFailures: settings.functionResponseType === 'ReportBatchItemFailures',
    maximumConcurrency: optionalInteger(settings.maximumConcurrency, `${place}.maximumConcurrency`, {
      least: 2,
      most: 1000,
    }),
    filterPatterns: readFilterPatterns(settings.filterPatterns, `${place}.filterPatterns`),
    enabled: settings.enabled !== false,
  };
}

function readFilterPatterns(value: unknown, place: string): Record<string, unknown>[] {
  const patterns = Array.isArray(value) ? value.map((pattern) => asRecord(pattern, place)) : [];
  for (const pattern of patterns) compileEventPattern(pattern);
  return patterns;
}

/**
 * Gives each mapping its queue.
 * @throws ServerlessFileError for what Lambda refuses: no such queue, or one that shows a message again too early.
 */
export function queueTriggers(functions: readonly FunctionDescription[], queues: readonly QueueDescription[]) {
  return functions.flatMap((owner) =>
    owner.queues.map((trigger) => {
      const place = `functions.${owner.key}.events.sqs`;
      const queue = queues.find(({ arn }) => arn === trigger.queueArn);
      if (queue === undefined) {
        throw new ServerlessFileError('VALUE_INVALID', place, `there is no queue ${trigger.queueArn}`);
      }
      const { visibilityTimeoutSeconds } = queue.settings;
      if (visibilityTimeoutSeconds < owner.timeoutSeconds) {
        const reason = `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${owner.timeoutSeconds} seconds`;
        throw new ServerlessFileError('VALUE_INVALID', place, reason);
      }
      return { owner, trigger, queue };
    }),
  );
}
