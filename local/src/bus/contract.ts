/**
 * What EventBridge does, as far as Dropforge relies on it, in sentences. The suite takes nothing but a client, so it can be
 * held against AWS as well as against the stand-in.
 */
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patternCases } from './contract/pattern-cases.ts';

/** A service under test. */
export interface ContractTarget {
  readonly client: EventBridgeClient;
  /** A bus of the suite's own. */
  readonly busName: string;
  /** Whether a rule with the pattern would get the event. Rejects for a pattern that EventBridge refuses. */
  matches(pattern: object, event: object): Promise<boolean>;
  dispose(): Promise<void>;
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MOST_ENTRIES = 10;
/** More than any limit that EventBridge has had for the entries of a request together. */
const TOO_MANY_BYTES = 2 * 1024 * 1024;

export function describeEventBridgeContract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps EventBridge's contract`, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await connect();
    });
    afterAll(() => target?.dispose());

    describePutEvents(() => target);
    describePatterns(() => target);
  });
}

function describePutEvents(target: () => ContractTarget): void {
  const entry = (fields: PutEventsRequestEntry = {}): PutEventsRequestEntry => ({
    Source: 'dropforge.test',
    DetailType: 'test.said',
    Detail: '{"a":1}',
    EventBusName: target().busName,
    ...fields,
  });
  const put = (Entries: PutEventsRequestEntry[]) => target().client.send(new PutEventsCommand({ Entries }));

  describe('PutEvents', () => {
    it('gives each of ten entries an id of its own', async () => {
      const { FailedEntryCount, Entries = [] } = await put(Array.from({ length: MOST_ENTRIES }, () => entry()));
      expect(FailedEntryCount).toBe(0);
      expect(new Set(Entries.map(({ EventId }) => EventId)).size).toBe(MOST_ENTRIES);
      expect(Entries.every(({ EventId }) => /^[0-9a-f-]{36}$/.test(EventId ?? ''))).toBe(true);
    });

    it.each([
      ['lacks its source', { Source: undefined }, 'InvalidArgument'],
      ['lacks its type', { DetailType: undefined }, 'InvalidArgument'],
      ['lacks its detail', { Detail: undefined }, 'InvalidArgument'],
      ['has a detail that is no JSON', { Detail: '{' }, 'MalformedDetail'],
      ['has a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
      ['speaks for AWS', { Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
    ])('answers an entry that %s for itself, at its place, and takes the others', async (_what, fault, code) => {
      const faulty = { ...entry(), ...fault } as PutEventsRequestEntry; // undefined is what is being tried
      const { FailedEntryCount, Entries = [] } = await put([entry(), faulty, entry()]);
      expect(FailedEntryCount).toBe(1);
      expect(Entries.map(({ EventId, ErrorCode }) => (EventId ? 'taken' : ErrorCode))).toEqual([
        'taken',
        code,
        'taken',
      ]);
    });

    it('refuses no entries, eleven entries and far too many bytes as a whole', async () => {
      await expect(put([])).rejects.toMatchObject({ name: 'ValidationException' });
      const eleven = Array.from({ length: MOST_ENTRIES + 1 }, () => entry());
      await expect(put(eleven)).rejects.toMatchObject({ name: 'ValidationException' });
      const large = entry({ Detail: JSON.stringify({ a: 'x'.repeat(TOO_MANY_BYTES) }) });
      await expect(put([large])).rejects.toThrow();
    });
  });
}

function describePatterns(target: () => ContractTarget): void {
  describe('a rule', () => {
    it.each(patternCases)('decides on %s', async (_name, pattern, event, matches) => {
      expect(await target().matches({ detail: pattern }, { detail: event })).toBe(matches);
    });

    it('tells events by source, type and detail together', async () => {
      const pattern = {
        source: ['aws.s3', 'dropforge.test'],
        'detail-type': ['Object Created'],
        detail: { object: { key: [{ prefix: 'drops/' }] } },
      };
      const event = { source: 'dropforge.test', 'detail-type': 'Object Created' };
      const wanted = { ...event, detail: { object: { key: 'drops/a b+ü/猫.zip' } } };
      expect(await target().matches(pattern, wanted)).toBe(true);
      expect(await target().matches(pattern, { ...wanted, source: 'dropforge.other' })).toBe(false);
      expect(await target().matches(pattern, { ...event, detail: { object: { key: 'runs/drops/a' } } })).toBe(false);
    });

    it.each([
      ['a value outside an array', { s: 'a' }],
      ['an empty array', { s: [] }],
      ['an unknown operator', { s: [{ bogus: 1 }] }],
      ['a prefix that is no text', { s: [{ prefix: 3 }] }],
      ['a comparison that is none', { s: [{ numeric: ['~', 1] }] }],
    ])('is refused for %s', async (_what, pattern) => {
      await expect(target().matches({ detail: pattern }, { detail: { s: 'a' } })).rejects.toMatchObject({
        name: 'InvalidEventPatternException',
      });
    });
  });
}
