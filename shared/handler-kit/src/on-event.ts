import { type AnyEvent, Detail, type DomainEvent, type EventContract, type EventOf } from '@dropforge/events';
import { actionable, type CommitPorts, commit, type Run, sendOutbox } from '@dropforge/pipeline-state';
import type { EventBridgeEvent } from 'aws-lambda';
import { z } from 'zod';
import { kitPorts } from './kit-ports.ts';
import { count, logger } from './observability.ts';
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
  return wrap(async (envelope: EventBridgeEvent<string, unknown>) => {
    const event = parseEvent(contract, envelope);
    await runStep(event as EventOf<Contract>, step, ports(), kitPorts()); // parseEvent checked it against this contract
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
  logger.appendKeys({ runId, attempt, event: event.name });
  const run = await kit.runs.read(runId);
  if (!run || run.attempt !== attempt || !actionable[event.name]?.includes(run.state)) {
    logger.info('EVENT_SKIPPED: the run is no longer where this event put it', {
      state: run?.state ?? 'none',
    });
    // An earlier delivery may have moved the run and died before it could say so.
    if (run && run.outbox.length > 0) await sendOutbox(runId, kit);
    return;
  }
  await settle(await step(event, ports, run), runId, kit);
}

/** Commits what a step returned and logs how it went. */
export async function settle(next: AnyEvent | undefined, runId: string, kit: CommitPorts): Promise<void> {
  if (!next) return;
  const outcome = await commit(next, runId, kit);
  count(outcome.kind === 'moved' ? 'RunMoved' : 'RunNotMoved');
  logger.info(`RUN_${outcome.kind.toUpperCase()}: ${next.name}`, {
    state: outcome.run?.state ?? 'none',
  });
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
