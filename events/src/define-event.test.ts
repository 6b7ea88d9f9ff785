import { describe, expect, it } from 'vitest';
import { contractOf, events } from './catalogue.ts';
import { Detail } from './define-event.ts';
import { Reason } from './fields.ts';
import { trainingFailed } from './training.failed.ts';

describe('an event', () => {
  it('is built from data that keeps the contract, and from no other', () => {
    const data = { ...trainingFailed.example, reasons: [{ code: 'DATA', message: 'No class.' }] };
    expect(trainingFailed.of(data)).toEqual({ name: 'training.failed', data });
    for (const wrong of [{ runId: 'run-1' }, { attempt: 0 }, { jobName: 'under_score' }, { reasons: [] }])
      expect(() => trainingFailed.of({ ...data, ...wrong })).toThrow();
  });

  it('carries at most twenty reasons, which people can read and programs can compare', () => {
    const reasons = Array.from({ length: 21 }, () => ({ code: 'A', message: 'x' }));
    expect(() => trainingFailed.of({ ...trainingFailed.example, reasons })).toThrow();
    for (const wrong of [{ code: 'lower' }, { code: '' }, { message: '' }, { message: 'x'.repeat(1_001) }])
      expect(Reason.safeParse({ code: 'A', message: 'x', ...wrong }).success).toBe(false);
  });

  it('loses what the contract does not know, so that a sender cannot smuggle it on', () => {
    expect(
      contractOf('training.started')?.data.parse({ ...contractOf('training.started')?.example, extra: 1 }),
    ).toEqual(contractOf('training.started')?.example);
  });
});

it('is known by its name alone, and stays under EventBridge size with room to spare', () => {
  for (const contract of events) {
    expect(contractOf(contract.name)).toBe(contract);
    expect(JSON.stringify(contract.example).length).toBeLessThan(200_000);
  }
  expect(contractOf('dataset.dreamt')).toBeUndefined();
  expect(contractOf('toString')).toBeUndefined();
});

it('travels in an envelope with an id by which a repeat is known', () => {
  const detail = { version: 1, eventId: 'run-a.t1.dataset.received', occurredAt: '2026-01-01T00:00:00.000Z', data: {} };
  expect(Detail.parse(detail)).toEqual(detail);
  for (const wrong of [{ version: 0 }, { eventId: '' }, { occurredAt: 'noon' }])
    expect(Detail.safeParse({ ...detail, ...wrong }).success).toBe(false);
});
