import { type Delivery, logger, RetryableError } from '@dropforge/handler-kit';
import { type Run, type RunStore, runIdOfRequest } from '@dropforge/pipeline-state';
import type { Message, Ports, Posted, Slack, Threads } from './ports.ts';
import { renderMessage } from './render-message.ts';

/** A run that moves on during every edit is told of by its next event. */
const mostEdits = 5;

/**
 * Keeps the run's one message current. The message shows the run as it is now, not the event that came, so repeated
 * and late events do no harm.
 */
export async function notify({ event }: Delivery, ports: Ports, runs: Pick<RunStore, 'read'>): Promise<void> {
  const runId =
    'runId' in event.data ? event.data.runId : runIdOfRequest(event.data.project, event.data.idempotencyKey);
  const run = await runs.read(runId);
  if (!run) return;
  const slack = await ports.slack();
  if (!slack) {
    logger.debug('SLACK_NOT_SET_UP: the Slack secret has no token and channel');
    return;
  }
  const render = (shown: Run) => renderMessage(shown, { apiUrl: ports.apiUrl, withButtons: slack.takesClicks });
  const known = await ports.threads.read(runId);
  const posted = known ?? (await postFirst(run, slack, render, ports.threads));
  if (known) await slack.edit(known, render(run));
  // The run may have moved while Slack was busy, and the delivery that told of it may have been quicker than this one.
  for (let shown = run, edits = 0; edits < mostEdits; edits++) {
    const now = await runs.read(runId);
    if (!now || (now.state === shown.state && now.attempt === shown.attempt)) return;
    await slack.edit(posted, render(now));
    shown = now;
  }
}

async function postFirst(run: Run, slack: Slack, render: (run: Run) => Message, threads: Threads): Promise<Posted> {
  if (!(await threads.claim(run.runId)))
    throw new RetryableError(`Another delivery is posting the message of ${run.runId}.`);
  const posted = await slack.post(render(run));
  await threads.write(run.runId, posted);
  return posted;
}
