import { type AnyEvent, Detail, type DomainEvent, type EventContract, type EventOf } from '@dropforge/events';
import { actionable, type CommitPorts, commit, noteFailure, type Run, sendOutbox } from '@dropforge/pipeline-state';
import type { EventBridgeEvent } from 'aws-lambda';
import { z } from 'zod';
import { kitPorts } from './kit-ports.ts';
import { about, count, logger } from './observability.ts';
import { once, wrap } from './wrap.ts';

/** A step takes an event and its run and returns what happened next; undefined: nothing the flow must know. */
export type Step<Event, Ports> = (event: Event, ports: Ports, run: Run) => Promise<AnyEvent | undefined>;

/**
 * A Lambda handler for one of our events. It acts only while the run is still where the event put it, so that a
 * repeated or late delivery does nothing; it moves the run and says the next event in one commit.
 */
export function onEvent<Contract extends EventContract, Ports>(
  contract: Contract,
  step: Step<EventOf<Contract>, Ports>,
  createPorts: () => Ports,
) {
  const ports = once(createPorts);
  return wrap(async (envelope: EventBridgeEvent<string, unknown>, cause) => {
    const event = parseEvent(contract, envelope);
    await runStep(event as EventOf<Contract>, step, ports(), kitPorts(cause)); // parseEvent checked it against this contract
  });
}

/** What `onEvent` does between the envelope and the step; tests call it with ports of their own. */
export async function runStep<Event extends DomainEvent, Ports>(
  event: Event,
  step: Step<Event, Ports>,
  ports: Ports,
  kit: CommitPorts,
): Promise<void> {
  const { runId, attempt } = RunOf.parse(event.data);
  about({ runId, attempt });
  const run = await kit.runs.read(runId);
  if (!run || run.attempt !== attempt || !actionable[event.name]?.includes(run.state)) {
    count('EventSkipped');
    logger.info('EVENT_SKIPPED: the run is no longer where this event put it', {
      state: run?.state ?? 'none',
    });
    // An earlier delivery may have moved the run and died before it could say so.
    if (run && run.outbox.length > 0) await sendOutbox(runId, kit);
    return;
  }
  await settle(await attemptStep(event, step, ports, run, kit), runId, kit);
}

/** What a step could not do is told in the run's timeline; whether it is tried again is Lambda's business. */
async function attemptStep<Event extends DomainEvent, Ports>(
  event: Event,
  step: Step<Event, Ports>,
  ports: Ports,
  run: Run,
  kit: CommitPorts,
): Promise<AnyEvent | undefined> {
  try {
    return await step(event, ports, run);
  } catch (error) {
    if (error instanceof Error) await noteFailure(run.runId, event.name, error, kit);
    throw error;
  }
}

/** Commits what a step returned. */
export async function settle(next: AnyEvent | undefined, runId: string, kit: CommitPorts): Promise<void> {
  if (!next) return;
  about({ runId, ...('attempt' in next.data ? { attempt: next.data.attempt } : {}) });
  await commit(next, runId, kit);
}

const RunOf = z.object({ runId: z.string(), attempt: z.number() });

/** Checks the envelope and the data against the contract; a breach is a bug of the sender and goes to the dead letters. */
export function parseEvent(
  contract: EventContract,
  envelope: Pick<EventBridgeEvent<string, unknown>, 'detail' | 'detail-type'>,
): DomainEvent {
  if (envelope['detail-type'] !== contract.name) {
    throw new Error(
      `This function takes ${contract.name} and was given ${envelope['detail-type']}; see its trigger in service.yml.`,
    );
  }
  return {
    name: contract.name,
    data: contract.data.parse(Detail.parse(envelope.detail).data),
  };
}
