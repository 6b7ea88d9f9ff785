import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { functionDescription } from '../testing/function-description.ts';
import type { NewDelivery } from './delivery-journal.ts';
import { createEventBus } from './event-bus.ts';
import { putEvents } from './put-events.ts';

function createBus() {
  const accepted: NewDelivery[] = [];
  const rule = { name: 'rule', arn: 'rule', bus: 'own', enabled: true, retryPolicy: {}, deadLetterQueue: undefined };
  const functions = [
    functionDescription({ key: 'one', rules: [{ ...rule, pattern: { source: ['test'] } }] }),
    functionDescription({ key: 'off', rules: [{ ...rule, enabled: false, pattern: { source: ['test'] } }] }),
    functionDescription({ key: 'default', rules: [{ ...rule, bus: 'default', pattern: { source: ['test'] } }] }),
  ];
  const bus = createEventBus({
    description: { accountId: '000000000000', region: 'eu-west-1', functions },
    deliverer: { accept: (deliveries) => accepted.push(...deliveries) },
    clock: new FakeClock(),
  });
  return { bus, accepted };
}

const entry = { Source: 'test', DetailType: 'kind', Detail: '{"a":1}', EventBusName: 'own' };

describe('PutEvents', () => {
  it('sends an entry to the enabled rules of its bus', () => {
    const { bus, accepted } = createBus();
    putEvents(bus, {
      Entries: [entry, { ...entry, EventBusName: 'arn:aws:events:eu-west-1:000000000000:event-bus/own' }],
    });
    putEvents(bus, { Entries: [{ ...entry, EventBusName: undefined }] });
    expect(accepted.map(({ target }) => target)).toEqual(['one', 'one', 'default']);
  });

  it('keeps resources and time', () => {
    const { bus, accepted } = createBus();
    putEvents(bus, { Entries: [{ ...entry, Resources: ['arn:x'], Time: 1_700_000_000 }] });
    expect(JSON.parse(accepted[0]?.payload ?? '')).toMatchObject({
      resources: ['arn:x'],
      time: '2023-11-14T22:13:20Z',
    });
  });

  it('answers each entry for itself', () => {
    const { bus, accepted } = createBus();
    const faulty = [
      { Source: '' },
      { Source: 'aws.s3' },
      { DetailType: undefined },
      { Detail: '' },
      { Detail: '[1]' },
      { Detail: '{' },
    ];
    const { FailedEntryCount, Entries } = putEvents(bus, {
      Entries: [...faulty.map((one) => ({ ...entry, ...one })), entry],
    });
    expect(FailedEntryCount).toBe(6);
    expect(Entries.map(({ ErrorCode, EventId }) => ErrorCode ?? typeof EventId)).toEqual([
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      'InvalidArgument',
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'string',
    ]);
    expect(accepted).toHaveLength(1);
  });

  it('takes an event for a bus that does not exist and drops it, as AWS does', () => {
    const { bus, accepted } = createBus();
    expect(putEvents(bus, { Entries: [{ ...entry, EventBusName: 'nobody' }] }).FailedEntryCount).toBe(0);
    expect(accepted).toEqual([]);
  });

  it.each([
    ['no entries', { Entries: [] }, /greater than or equal to 1/],
    ['eleven entries', { Entries: Array(11).fill(entry) }, /less than or equal to 10/],
    ['no list', {}, /list of structures/],
    [
      'more than 256 KiB',
      { Entries: Array(2).fill({ ...entry, Detail: `{"a":"${'é'.repeat(70_000)}"}` }) },
      /over the limit/,
    ],
  ])('refuses %s as a whole', (_what, request, message) => {
    const { bus } = createBus();
    expect(() => putEvents(bus, request)).toThrow(
      expect.objectContaining({ code: 'ValidationException', message: expect.stringMatching(message) }),
    );
  });
});
