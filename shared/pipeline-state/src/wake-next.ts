import { eventIdOf } from './apply-event.ts';
import type { Publish } from './commit.ts';
import type { RunStore } from './run-store.ts';
import type { SlotLedger } from './slot-ledger.ts';
import type { State } from './transitions.ts';

/** States in which `config.rendered` said again starts the run's training. */
const waits: readonly State[] = ['configured', 'waiting-quota', 'waiting-capacity'];

/**
 * Says `config.rendered` again for the first of these runs that still waits; the others are struck off the ledger's list.
 * Best effort: a run that is not woken is looked at within a minute all the same.
 */
export async function wakeNext(
  runIds: readonly string[],
  { runs, publish, slots }: { runs: Pick<RunStore, 'read'>; publish: Publish; slots: Pick<SlotLedger, 'leave'> },
): Promise<void> {
  for (const runId of runIds) {
    const run = await runs.read(runId);
    const data = run?.facts['config.rendered'];
    if (run && data && waits.includes(run.state)) {
      const name = 'config.rendered';
      await publish([{ eventId: eventIdOf(runId, run.attempt, name), name, occurredAt: run.updatedAt, data }]);
      return;
    }
    await slots.leave(runId);
  }
}
