import { randomBytes } from 'node:crypto';
import { routes } from '@dropforge/api-contract';
import { parseRequest, type Route } from '@dropforge/handler-kit';
import {
  AddressRefused,
  readWebhookUrl,
  type Webhook,
  webhookMaximum,
  webhookSecret,
} from '@dropforge/pipeline-state/webhooks';
import { checkProject } from '../access.ts';
import type { Ports } from '../ports.ts';
import { problem } from '../problem.ts';
import { webhookView } from '../webhook-view.ts';

/** Begins to send events to an address, and shows the secret that signs them, this once. */
export const createWebhook: Route<Ports> = async (request, { webhooks }, kit) => {
  const { url, events, project } = parseRequest(routes.createWebhook.body, request.body);
  if (project !== undefined) checkProject(request, project);
  else if (request.projects) throw problem('PROJECT_NOT_ALLOWED', 'Name the project: your token is limited to some.');
  const webhook: Webhook = {
    webhookId: `wh-${randomBytes(15).toString('hex')}`,
    url: readUrl(url, webhooks.testAddress),
    createdAt: kit.now().toISOString(),
    createdBy: request.caller,
    ...(events ? { events: [...new Set(events)] } : {}),
    ...(project === undefined ? {} : { project }),
  };
  const secret = webhookSecret(await webhooks.stackKey(), webhook.webhookId);
  if (!(await webhooks.store.add(webhook)))
    throw problem('WEBHOOKS_FULL', `There are ${webhookMaximum} webhooks already; delete one first.`);
  return { status: 201, body: { ...webhookView(webhook), secret } };
};

function readUrl(url: string, testAddress: string | undefined): string {
  try {
    return readWebhookUrl(url, { testAddress }).href;
  } catch (error) {
    if (error instanceof AddressRefused)
      throw problem('WEBHOOK_URL_REFUSED', `No webhook goes there. ${error.message}`);
    throw error;
  }
}
