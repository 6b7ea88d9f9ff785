import { expect, it } from 'vitest';
import { causeOf } from './cause.ts';

it.each([
  [
    'an event of ours, by its own id',
    { id: 'e', 'detail-type': 'dataset.received', detail: { eventId: 'run-1.t1.dataset.received' } },
    { id: 'run-1.t1.dataset.received', type: 'dataset.received' },
  ],
  ["an event of AWS's", { id: 'e', 'detail-type': 'Object Created', detail: {} }, { id: 'e', type: 'Object Created' }],
  [
    'a request',
    { routeKey: 'GET /runs/{runId}', requestContext: { requestId: 'r' } },
    { id: 'r', type: 'GET /runs/{runId}' },
  ],
  [
    'a batch, by its first message',
    { Records: [{ messageId: 'm', eventSourceARN: 'arn:q' }, { messageId: 'n' }] },
    { id: 'm', type: 'arn:q' },
  ],
  [
    'a report of a device',
    { thing: 'lamp', status: 'alive', sentAt: '2026-01-01T00:00:00Z' },
    { id: 'lamp 2026-01-01T00:00:00Z', type: 'report alive' },
  ],
  ['anything else, by the id of the invocation', { hello: 1 }, { id: 'lambda', type: 'invocation' }],
  ['nothing at all', undefined, { id: 'lambda', type: 'invocation' }],
])('names %s', (_what, invocation, cause) => {
  expect(causeOf(invocation, 'lambda')).toEqual(cause);
});

it('takes no more of it than a run can hold', () => {
  const { id, type } = causeOf({ id: 'i'.repeat(900), 'detail-type': 't'.repeat(900), detail: {} }, 'lambda');
  expect([id.length, type.length]).toEqual([200, 200]);
});
