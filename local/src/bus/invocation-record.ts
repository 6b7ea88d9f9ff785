/** What remains of an event that is given up: Lambda's record of the invocation, or EventBridge's dead letter. */
import type { FunctionError } from '../lambda/invocation.ts';
import type { Delivery } from './delivery-journal.ts';

/** Why a function did not take an event. */
export type InvocationFailure = Pick<FunctionError, 'errorType' | 'errorMessage' | 'refusal'> &
  Partial<Pick<FunctionError, 'trace'>>;

/**
 * The record that an on-failure destination gets, as JSON; `condition` is RetriesExhausted or EventAgeExceeded.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(
  delivery: Delivery,
  { errorType, errorMessage, trace = [], refusal }: InvocationFailure,
  condition: string,
  now: number,
): string {
  const { requestId, targetArn, payload, attempts } = delivery;
  const answered = {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType, errorMessage, trace },
  };
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId,
      functionArn: `${targetArn}:$LATEST`,
      condition,
      approximateInvokeCount: refusal ? attempts : attempts + 1,
    },
    requestPayload: JSON.parse(payload),
    // A function that never ran has answered nothing.
    ...(refusal ? {} : answered),
  });
}

/** The attributes that EventBridge gives a dead letter. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
export function deadLetterAttributes(delivery: Delivery, { errorMessage }: InvocationFailure): Record<string, string> {
  return {
    ERROR_CODE: 'NO_RESOURCE',
    ERROR_MESSAGE: errorMessage,
    RULE_ARN: delivery.ruleArn,
    TARGET_ARN: delivery.targetArn,
  };
}
