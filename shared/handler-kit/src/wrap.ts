import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { Cause } from '@dropforge/pipeline-state';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { causeOf } from './cause.ts';
import { RetryableError } from './errors.ts';
import { count, logger, metrics, tracer } from './observability.ts';

/** What every function has around it: log context, trace, metrics, and a line about what was thrown. */
export function wrap<Input, Output>(handle: (event: Input, cause: Cause) => Promise<Output>) {
  return middy<Input, Output>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .handler(async (event: Input, context: Context) => {
      const cause = causeOf(event, context.awsRequestId);
      logger.appendKeys({ eventId: cause.id, eventType: cause.type });
      try {
        return await handle(event, cause);
      } catch (error) {
        logFailure(error);
        throw error;
      } finally {
        // The kit's own middleware would write a line about every invocation that counted nothing.
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      }
    });
}

/** Lambda tries again in either case; a person needs to look at the second only. */
function logFailure(error: unknown): void {
  count('StepFailed');
  const thrown = error instanceof Error ? error : new Error(String(error));
  if (error instanceof RetryableError) logger.warn('STEP_POSTPONED: the world is down; the event comes again', thrown);
  else logger.error('STEP_FAILED: the function threw; the event comes again, then stays as a dead letter', thrown);
}

/** Builds something at the first call, and again at the next call if that failed. */
export function once<Value>(create: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: create() };
    return made.value;
  };
}
