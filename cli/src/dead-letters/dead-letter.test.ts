import { expect, it } from 'vitest';
import { readDeadLetter } from './dead-letter.ts';

const base = { queueUrl: 'q', messageId: 'm', receipt: 'r', sentAt: '2026-01-01T00:00:00.000Z', attributes: {} };
const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:dropforge-dev-config-renderer-render';
const runId = 'run-mzxw6ytboi2gk3tdmfza';
const event = {
  id: 'e-1',
  'detail-type': 'dataset.validated',
  detail: { eventId: `${runId}.t1.dataset.validated`, data: { runId } },
};

it("reads Lambda's record of an invocation that failed for good", () => {
  const body = JSON.stringify({
    version: '1.0',
    requestContext: { functionArn: `${arn}:$LATEST`, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: event,
    responsePayload: { errorType: 'TypeError', errorMessage: 'x is undefined' },
  });
  expect(readDeadLetter({ ...base, body })).toEqual({
    ...{ id: 'm', queueUrl: 'q', receipt: 'r', since: base.sentAt },
    givenUpBy: 'lambda',
    event: { type: 'dataset.validated', id: `${runId}.t1.dataset.validated`, runId },
    functionName: 'dropforge-dev-config-renderer-render',
    error: { code: 'TypeError', message: 'x is undefined' },
    attempts: 3,
    destination: { kind: 'function', name: 'dropforge-dev-config-renderer-render' },
    payload: JSON.stringify(event),
  });
});

it('reads the record of a function that never ran', () => {
  const requestContext = { functionArn: arn, condition: 'EventAgeExceeded' };
  const body = JSON.stringify({ requestContext, requestPayload: event });
  expect(readDeadLetter({ ...base, body }).error).toEqual({
    code: 'EventAgeExceeded',
    message: 'The function never ran.',
  });
});

it('reads a dead letter of a rule', () => {
  const job = { ...event, detail: { TrainingJobName: `df-dev-train-${runId}-t1` }, 'detail-type': 'SageMaker …' };
  const attributes = {
    RULE_ARN: 'arn:aws:events:eu-west-1:000000000000:rule/dropforge-dev/dropforge-dev-x-rule-1',
    TARGET_ARN: arn,
    ERROR_CODE: 'NO_PERMISSIONS',
    ERROR_MESSAGE: 'not allowed',
    RETRY_ATTEMPTS: '0',
  };
  expect(readDeadLetter({ ...base, attributes, body: JSON.stringify(job) })).toMatchObject({
    givenUpBy: 'eventbridge',
    event: { type: 'SageMaker …', id: 'e-1', runId },
    rule: 'dropforge-dev-x-rule-1',
    error: { code: 'NO_PERMISSIONS', message: 'not allowed' },
    attempts: 1,
    destination: { kind: 'function', name: 'dropforge-dev-config-renderer-render' },
  });
});

it("reads a report that IoT could not hand on, and adds the thing as the rule's SELECT does", () => {
  const body = JSON.stringify({
    ruleName: 'report',
    topic: 'dropforge/devices/lamp/report',
    base64OriginalPayload: Buffer.from('{"status":"alive"}').toString('base64'),
    failures: [{ failedAction: 'LambdaAction', failedResource: arn, errorMessage: 'throttled' }],
  });
  expect(readDeadLetter({ ...base, body })).toMatchObject({
    givenUpBy: 'iot',
    event: { type: 'report alive', id: 'lamp' },
    error: { code: 'IOT_RULE_FAILED', message: 'throttled' },
    payload: '{"status":"alive","thing":"lamp"}',
  });
});

it('knows the queue that gave a message up', () => {
  const sourceArn = 'arn:aws:sqs:eu-west-1:000000000000:dropforge-dev-webhook-deliveries';
  expect(readDeadLetter({ ...base, sourceArn, body: '{"a":1}' })).toMatchObject({
    givenUpBy: 'sqs',
    error: { code: 'RECEIVED_TOO_OFTEN', message: 'Nobody could handle it in dropforge-dev-webhook-deliveries.' },
    destination: { kind: 'queue', arn: sourceArn },
  });
});

it.each(['', 'no JSON', '[]', '{"detail":{"data":5}}', 'null'])('shows %j as it is and sends it nowhere', (body) => {
  const letter = readDeadLetter({ ...base, body });
  expect(letter).toMatchObject({ givenUpBy: 'unknown', event: { type: 'message' }, payload: body });
  expect(letter.destination).toBeUndefined();
});
