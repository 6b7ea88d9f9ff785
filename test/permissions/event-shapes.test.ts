import type { BusEvent } from '@dropforge/local';
import { expect, it } from 'vitest';
import { checkEvent } from './event-shapes.ts';

const event: BusEvent = {
  ...{ version: '0', id: '5b9cf1ca-3ae0-4c12-8f43-3b3a7a6f1111', 'detail-type': 'Object Created', source: 'aws.s3' },
  ...{ account: '000000000000', time: '2026-01-01T00:00:00Z', region: 'eu-west-1', resources: ['arn:aws:s3:::bucket'] },
  detail: {
    ...{ version: '0', bucket: { name: 'bucket' }, 'request-id': 'A', requester: '000000000000' },
    ...{
      object: { key: 'a', size: 1, etag: 'e', sequencer: '00' },
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  },
};

it('an event as AWS documents it has no fault', () => expect(checkEvent(event)).toEqual([]));

it.each([
  [{ time: '2026-01-01T00:00:00.123Z' }, 'time: '],
  [{ account: '1' }, 'account: '],
  [{ detail: { ...event.detail, reason: 'Swept' } }, 'reason: '],
  [{ detail: { ...event.detail, object: { key: 'a', size: '1', etag: 'e', sequencer: '00' } } }, 'object.size: '],
  [{ detail: { ...event.detail, colour: 'red' } }, ': Unrecognized key: "colour"'],
  [{ detail: { ...event.detail, requester: undefined } }, 'requester: '],
  [{ 'detail-type': 'Object Deleted' }, 'no shape is known'],
])('one with %o is found out', (change, fault) => {
  expect(checkEvent({ ...event, ...change })).toEqual([expect.stringContaining(fault)]);
});
