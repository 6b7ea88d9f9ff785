import { type AnyEvent, contractOf, Detail } from '@dropforge/events';
import type { RunStore } from '@dropforge/pipeline-state';
import type { EventBridgeEvent } from 'aws-lambda';
import { kitPorts } from './kit-ports.ts';
import { about, logger } from './observability.ts';
import { parseEvent } from './on-event.ts';
import { once, wrap } from './wrap.ts';

/** One event of ours, with the id by which a repeated delivery is known. */
export interface Delivery {
  readonly eventId: string;
  readonly occurredAt: string;
  readonly event: AnyEvent;
}

/** A Lambda handler that hears every event of ours and changes no run: it tells people or programs. */
export function onAnyEvent<Ports>(
  step: (delivery: Delivery, ports: Ports, runs: Pick<RunStore, 'read'>) => Promise<void>,
  createPorts: () => Ports,
) {
  const ports = once(createPorts);
  return wrap(async (envelope: AnyEnvelope, cause) => runAnyEvent(envelope, step, ports, () => kitPorts(cause).runs));
}

type AnyEnvelope = Pick<EventBridgeEvent<string, unknown>, 'detail' | 'detail-type' | 'replay-name'>;

/** What `onAnyEvent` does with an envelope. A replay from an archive is for the run's steps: people were told before. */
export async function runAnyEvent<Ports>(
  envelope: AnyEnvelope,
  step: (delivery: Delivery, ports: Ports, runs: Pick<RunStore, 'read'>) => Promise<void>,
  ports: () => Ports,
  runs: () => Pick<RunStore, 'read'>,
): Promise<void> {
  if (envelope['replay-name']) return logger.info('EVENT_REPLAYED: nobody is told a second time');
  const contract = contractOf(envelope['detail-type']);
  if (!contract) return logger.warn('UNKNOWN_EVENT: no event of ours has this type');
  const { eventId, occurredAt } = Detail.parse(envelope.detail);
  const event = parseEvent(contract, envelope) as AnyEvent; // the contract is one of the catalogue's
  const { data } = event;
  about({
    ...('runId' in data && data.runId ? { runId: data.runId } : {}),
    ...('attempt' in data ? { attempt: data.attempt } : {}),
  });
  return step({ eventId, occurredAt, event }, ports(), runs());
}
