/** A function that asks for nothing special, for tests that care about one property. */
import type { FunctionDescription } from '../serverless-file/description.ts';

export function functionDescription(
  given: Pick<FunctionDescription, 'key'> & Partial<FunctionDescription>,
): FunctionDescription {
  const name = `test-dev-${given.key}`;
  return {
    name,
    arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
    handlerFile: '/nowhere/handler.ts',
    handlerExport: 'handler',
    timeoutSeconds: 3,
    memoryMegabytes: 128,
    environment: {},
    roleStatements: [],
    reservedConcurrency: undefined,
    retryPolicy: {},
    rules: [],
    schedules: [],
    routes: [],
    topicRules: [],
    queues: [],
    failureQueueArn: undefined,
    ...given,
  };
}
