import type { AgentReport } from '@dropforge/events';
import { beforeEach, expect, it } from 'vitest';
import type { DeviceStore } from './device-store.ts';

const digest = 'ab'.repeat(32);
const candidate = { modelId: 'flowers-1', modelDigest: digest, runId: 'run-mzxw6ytboi2gk3tdmfza', attempt: 1 };
const reason = { code: 'SELF_TEST_FAILED', message: 'The golden images gave other logits.' };

/** A heartbeat; fields can be overridden. */
export function report(fields: Partial<AgentReport> = {}): AgentReport {
  return {
    thing: 'device-1',
    status: 'alive',
    architecture: 'armv7l',
    agentVersion: '0.1.0',
    activeModel: null,
    sentAt: '2026-01-01T00:00:00.000Z',
    ...fields,
  };
}

/** What every device store promises. */
export function deviceStoreContract(create: () => Promise<DeviceStore>): void {
  let devices: DeviceStore;
  beforeEach(async () => {
    devices = await create();
  });

  it('knows nothing about a device that never spoke', async () => {
    expect(await devices.read('device-1')).toBeUndefined();
    expect(await devices.readMany(['device-1'])).toEqual([]);
    expect(await devices.list()).toEqual([]);
  });

  it('keeps the newest report, in whatever order reports arrive', async () => {
    const newer = report({ activeModel: { modelId: 'm', modelDigest: digest }, sentAt: '2026-01-01T00:01:00.000Z' });
    await devices.record(newer);
    await devices.record(report({ predictUrl: 'http://127.0.0.1:1' }));
    expect(await devices.read('device-1')).toEqual({ thing: 'device-1', report: newer });
  });

  it('keeps how the last change ended while heartbeats go on', async () => {
    await devices.record(report({ status: 'reverted', candidate, reason }));
    const heartbeat = report({ sentAt: '2026-01-01T00:05:00.000Z' });
    await devices.record(heartbeat);
    const { runId, attempt, modelDigest } = candidate;
    expect(await devices.read('device-1')).toEqual({
      thing: 'device-1',
      report: heartbeat,
      verdict: { runId, attempt, modelDigest, outcome: 'reverted', reason, at: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('takes no verdict from a report about a change that is still under way', async () => {
    await devices.record(report({ status: 'installed', candidate }));
    expect((await devices.read('device-1'))?.verdict).toBeUndefined();
  });

  it('keeps the newest verdict, in whatever order verdicts arrive', async () => {
    await devices.record(report({ status: 'committed', candidate, sentAt: '2026-01-02T00:00:00.000Z' }));
    await devices.record(report({ status: 'failed', candidate, reason, sentAt: '2026-01-01T00:00:00.000Z' }));
    expect((await devices.read('device-1'))?.verdict?.outcome).toBe('committed');
  });

  it('knows a device from Greengrass alone', async () => {
    const verdict = { runId: 'run-a', attempt: 1, outcome: 'failed', reason, at: '2026-01-01T00:00:00.000Z' } as const;
    await devices.recordVerdict('device-2', verdict);
    expect(await devices.read('device-2')).toEqual({ thing: 'device-2', verdict });
  });

  it('lists devices by name and reads more of them than one request may ask for', async () => {
    const things = Array.from({ length: 120 }, (_, index) => `device-${String(index).padStart(3, '0')}`);
    for (const thing of things) await devices.record(report({ thing }));
    expect((await devices.list()).map((device) => device.thing)).toEqual(things);
    const read = await devices.readMany([...things, 'device-000', 'nobody']);
    expect(read.map((device) => device.thing).sort()).toEqual(things);
  });
}
