/** One life of an embedded cloud, and what it left: used by the tests here and by the conformance checks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BusEvent, CloudDescription, RecordedCall } from '@dropforge/local';
import { startRecordedCloud } from './cloud/start-recorded-cloud.ts';
import { liveThrough } from './life/live-through.ts';

export interface Collected {
  readonly calls: readonly RecordedCall[];
  /** Events of AWS's own services. */
  readonly events: readonly BusEvent[];
  readonly description: CloudDescription;
}

/** Takes about half a minute. Rejects where something did not go as the scenario has it. */
export async function collectCalls(): Promise<Collected> {
  const directory = mkdtempSync(join(tmpdir(), 'dropforge-permissions-'));
  try {
    const { cloud, events, stop } = await startRecordedCloud(directory);
    try {
      await liveThrough(cloud);
    } catch (error) {
      await stop();
      throw error;
    }
    return { calls: await stop(), events, description: cloud.description };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
