import type { AnyEvent } from '@dropforge/events';
import type { CommitPorts, Run } from '@dropforge/pipeline-state';
import type { EventBridgeEvent } from 'aws-lambda';
import type { z } from 'zod';
import { kitPorts } from './kit-ports.ts';
import { settle } from './on-event.ts';
import { once, wrap } from './wrap.ts';

/** A contract of somebody else's event: AWS says it, we only read it. */
export interface ExternalContract<Data extends z.ZodType = z.ZodType> {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Data;
}

export interface ExternalEvent<Data> {
  readonly detail: Data;
  readonly resources: readonly string[];
  readonly time: string;
}

/** Finds out what an outside event means for which run; `runs` lets it look. undefined: it is not about us. */
export type ExternalStep<Data, Ports> = (
  event: ExternalEvent<Data>,
  ports: Ports,
  runs: { read(runId: string): Promise<Run | undefined> },
) => Promise<{ runId: string; event: AnyEvent } | undefined>;

/** A Lambda handler for an event of an AWS service: best effort, repeated and unordered, so the run's table decides. */
export function onExternalEvent<Data extends z.ZodType, Ports>(
  contract: ExternalContract<Data>,
  step: ExternalStep<z.output<Data>, Ports>,
  createPorts: () => Ports,
) {
  const ports = once(createPorts);
  return wrap(async (envelope: EventBridgeEvent<string, unknown>, cause) => {
    const detail = contract.detail.parse(envelope.detail) as z.output<Data>; // parse widens generics to unknown
    await runExternalStep(
      { detail, resources: envelope.resources ?? [], time: envelope.time },
      step,
      ports(),
      kitPorts(cause),
    );
  });
}

/** What `onExternalEvent` does after parsing; tests and the reconciler call it with ports of their own. */
export async function runExternalStep<Data, Ports>(
  event: ExternalEvent<Data>,
  step: ExternalStep<Data, Ports>,
  ports: Ports,
  kit: CommitPorts,
): Promise<void> {
  const result = await step(event, ports, kit.runs);
  if (!result) return;
  await settle(result.event, result.runId, kit);
}
