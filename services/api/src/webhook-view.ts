import type { WebhookView } from '@dropforge/api-contract';
import type { HttpRequest } from '@dropforge/handler-kit';
import type { Webhook } from '@dropforge/pipeline-state/webhooks';
import { maySee } from './access.ts';

/** A webhook as the API shows it, without its secret. */
export function webhookView(webhook: Webhook): WebhookView {
  const { webhookId, url, events, project, createdAt, createdBy, offReason, failing } = webhook;
  return {
    ...{ webhookId, url, createdAt, createdBy },
    events: events ? [...events] : null,
    project: project ?? null,
    status: offReason === undefined ? 'on' : 'off',
    offReason: offReason ?? null,
    failing: failing ?? null,
  };
}

/** A webhook for every project is seen by those who may see every project. */
export function maySeeWebhook(request: Pick<HttpRequest, 'projects'>, { project }: Webhook): boolean {
  return project === undefined ? request.projects === undefined : maySee(request, project);
}
