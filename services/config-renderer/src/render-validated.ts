import { type AnyEvent, configRejected, configRendered, type datasetValidated, type EventOf } from '@dropforge/events';
import { type RenderConfigPorts, renderConfig } from './render-config.ts';

/** Renders the configuration of a validated dataset, or says every fault of its recipe before anything is spent. */
export async function renderValidated(
  event: EventOf<typeof datasetValidated>,
  ports: RenderConfigPorts,
): Promise<AnyEvent> {
  const { runId, project, attempt } = event.data;
  const result = await renderConfig(event.data, ports);
  const subject = { runId, project, attempt };
  return result.outcome === 'rejected'
    ? configRejected.of({ ...subject, ...result })
    : configRendered.of({ ...subject, ...result });
}
