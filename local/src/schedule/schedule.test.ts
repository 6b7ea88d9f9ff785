import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../state/database.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { functionDescription } from '../testing/function-description.ts';
import { parseSchedule } from './expression.ts';
import { startSchedules } from './schedules.ts';

const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());

describe('a schedule expression', () => {
  it.each([
    ['rate(1 minute)', '2026-01-01T00:01:00.000Z'],
    ['rate(15 minutes)', '2026-01-01T00:15:00.000Z'],
    ['rate(2 days)', '2026-01-03T00:00:00.000Z'],
    ['cron(30 12 * * ? *)', '2026-01-01T12:30:00.000Z'],
    ['cron(0/15 8-17 ? * MON-FRI *)', '2026-01-01T08:00:00.000Z'],
    ['cron(0 0 1 FEB ? *)', '2026-02-01T00:00:00.000Z'],
    ['cron(5,10 0 ? * 1 *)', '2026-01-04T00:05:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2028-02-29T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2025)', undefined],
  ])('%s comes next at %s', (expression, next) => {
    expect(iso(parseSchedule(expression)(Date.parse('2026-01-01T00:00:00Z')))).toBe(next);
  });

  it.each([
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(2 minute)',
    'rate(1 week)',
    'every minute',
    'cron(* * * * *)',
    'cron(* * * * * *)',
    'cron(60 * * * ? *)',
    'cron(0 0 L * ? *)',
  ])('%s is refused', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(expect.objectContaining({ code: 'INVALID_SCHEDULE' }));
  });
});

describe('a schedule', () => {
  let directory = '';
  let database: Database;
  let clock: FakeClock;
  let payloads: string[];

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'dropforge-schedule-'));
    database = openDatabase(directory);
    clock = new FakeClock();
    payloads = [];
  });

  afterEach(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });

  function start(invoke: () => Promise<unknown> = async () => {}, input?: unknown) {
    const schedule = { name: 'tick', arn: 'arn:tick', expression: 'rate(1 minute)', enabled: true, input };
    const functions = [
      functionDescription({ key: 'tend', schedules: [schedule, { ...schedule, name: 'off', enabled: false }] }),
    ];
    return startSchedules({
      description: { functions, accountId: '000000000000', region: 'eu-west-1' },
      clock,
      database,
      invoke: (_target, payload) => {
        payloads.push(payload);
        return invoke();
      },
    });
  }

  it('runs its function with a scheduled event', () => {
    start();
    clock.advance(60_000);
    expect(payloads.map((payload) => JSON.parse(payload))).toEqual([
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: '2026-01-01T00:01:00Z',
        region: 'eu-west-1',
        resources: ['arn:tick'],
        detail: {},
      },
    ]);
  });

  it('gives its own input instead', () => {
    start(undefined, { deep: true });
    clock.advance(60_000);
    expect(payloads).toEqual(['{"deep":true}']);
  });

  it('leaves out a tick while the last one still runs', async () => {
    const gate = Promise.withResolvers<void>();
    start(() => gate.promise);
    clock.advance(180_000);
    expect(payloads).toHaveLength(1);
    gate.resolve();
    await new Promise(setImmediate);
    clock.advance(60_000);
    expect(payloads).toHaveLength(2);
  });

  it('that fell due while the cloud was off runs at the start, once', () => {
    start().stop();
    clock.advance(300_000);
    expect(payloads).toHaveLength(0);
    start();
    clock.advance(0);
    expect(payloads).toHaveLength(1);
    clock.advance(59_999);
    expect(payloads).toHaveLength(1);
  });
});
