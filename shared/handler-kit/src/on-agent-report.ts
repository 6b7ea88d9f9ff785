import { type AgentReport, type AnyEvent, agentReport } from '@dropforge/events';
import type { CommitPorts, Run } from '@dropforge/pipeline-state';
import { kitPorts } from './kit-ports.ts';
import { count, logger } from './observability.ts';
import { settle } from './on-event.ts';
import { once, wrap } from './wrap.ts';

/** Finds out what a device's report means for which run; undefined: nothing the flow must know. */
export type ReportStep<Ports> = (
  report: AgentReport,
  ports: Ports,
  runs: { read(runId: string): Promise<Run | undefined> },
) => Promise<{ runId: string; event: AnyEvent } | undefined>;

/** A Lambda handler behind the IoT rule of the agents' topic: the message itself is the event, without an envelope. */
export function onAgentReport<Ports>(step: ReportStep<Ports>, createPorts: () => Ports) {
  const ports = once(createPorts);
  return wrap(async (message: unknown, cause) => {
    await runReportStep(message, step, ports(), kitPorts(cause));
  });
}

/** What `onAgentReport` does with a message. A device can send anything: what is no report is counted and left. */
export async function runReportStep<Ports>(
  message: unknown,
  step: ReportStep<Ports>,
  ports: Ports,
  kit: CommitPorts,
): Promise<void> {
  const parsed = agentReport.message.safeParse(message);
  if (!parsed.success) {
    count('ReportRefused');
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    return logger.warn('REPORT_REFUSED: a message on the report topic is no report', { faults });
  }
  const result = await step(parsed.data, ports, kit.runs);
  if (!result) return;
  await settle(result.event, result.runId, kit);
}
