import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokenCloud, startBrokenCloud } from './broken-cloud.ts';

let world: BrokenCloud;

beforeAll(async () => {
  world = await startBrokenCloud();
});
afterAll(() => world.stop());

it('examines the embedded cloud with the same checks, and says what it cannot see there', async () => {
  const { code, json } = await world.dropforge('doctor');
  const { findings, healthy } = json() as { healthy: boolean; findings: { check: string; status: string }[] }; // its own result
  expect(findings.filter(({ status }) => status === 'failed')).toEqual([
    // The tests' clock stands in the past.
    expect.objectContaining({ check: 'clock' }),
  ]);
  expect({ code, healthy }).toEqual({ code: 1, healthy: false });
  const named = (wanted: string) => findings.filter(({ status }) => status === wanted).map(({ check }) => check);
  expect(named('ok')).toEqual([
    'api',
    'functions',
    'concurrency',
    'bus',
    'table',
    'bucket',
    'signing key',
    'slack',
    'dead letters',
  ]);
  expect(named('skipped')).toEqual(['credentials', 'stack', 'images', 'quotas', 'devices']);
});
