/** One life of an embedded cloud, and what it left: used by the tests here and by the conformance checks. */
import { rmSync } from 'node:fs';
import type { BusEvent, CloudDescription, RecordedCall, RecordedDeed } from '@dropforge/local';
import { stateFolder } from '../../local/src/testing/state-folder.ts';
import { startRecordedCloud } from './cloud/start-recorded-cloud.ts';
import { liveThrough } from './life/live-through.ts';

export interface Collected {
  readonly calls: readonly RecordedCall[];
  /** What AWS did with the rights of a function, without a request of the function's own. */
  readonly deeds: readonly RecordedDeed[];
  /** Events of AWS's own services. */
  readonly events: readonly BusEvent[];
  readonly description: CloudDescription;
}

/** Takes about half a minute. Rejects where something did not go as the scenario has it. */
export async function collectCalls(): Promise<Collected> {
  const directory = stateFolder('permissions');
  try {
    const recorded = await startRecordedCloud(directory);
    const { cloud, events } = recorded;
    try {
      await liveThrough(recorded);
    } catch (error) {
      await recorded.stop();
      throw error;
    }
    return { ...(await recorded.stop()), events, description: cloud.description };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
