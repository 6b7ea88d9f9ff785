import type { WebhookView } from '@dropforge/api-contract';
import { contractOf, type EventName, events } from '@dropforge/events';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { formatTable } from '../terminal/table.ts';
import { formatTime } from '../terminal/text.ts';

/** `dropforge webhooks list`: who is sent what, and how that goes. */
export async function list(context: Context): Promise<void> {
  const { api } = await context.connect();
  const { webhooks } = await api.call('listWebhooks', {});
  report(context, { webhooks }, () => {
    if (webhooks.length === 0) return context.screen.note('No webhooks. Make one: dropforge webhooks add <url>');
    const rows = webhooks.map((one) => [one.webhookId, one.url, describeFilter(one), describeHealth(one)]);
    for (const line of formatTable([['WEBHOOK', 'URL', 'EVENTS', 'STATUS'], ...rows])) context.screen.line(line);
  });
}

/** `dropforge webhooks add <url>`: the one time at which the secret is shown. */
export async function add(
  context: Context,
  url: string,
  options: { events?: readonly string[]; project?: string },
): Promise<void> {
  const names = options.events?.map(eventName);
  const { api } = await context.connect();
  const made = await api.call('createWebhook', {
    body: { url, ...(names ? { events: names } : {}), ...(options.project ? { project: options.project } : {}) },
  });
  report(context, made, () => {
    context.screen.line(`${made.webhookId} sends ${describeFilter(made)} to ${made.url}.`);
    context.screen.line(`Secret: ${made.secret}`);
    context.screen.note('Keep it: it is not shown again. docs/integrate.md has ten lines that check a signature.');
  });
}

/** `dropforge webhooks remove <id>`. */
export async function remove(context: Context, webhookId: string): Promise<void> {
  const { api } = await context.connect();
  const removed = await api.call('deleteWebhook', { path: { webhookId } });
  report(context, removed, () => context.screen.line(`${removed.webhookId} is removed.`));
}

function eventName(name: string): EventName {
  const contract = contractOf(name);
  if (contract) return contract.name;
  throw new CliError('usage', 'EVENT_UNKNOWN', `There is no event "${name}".`, {
    action: `Choose among ${events.map((one) => one.name).join(', ')}.`,
  });
}

function describeFilter({ events: names, project }: WebhookView): string {
  const what = names ? names.join(', ') : 'every event';
  return project === null ? what : `${what} of ${project}`;
}

function describeHealth({ offReason, failing }: WebhookView): string {
  if (offReason !== null) return `off: ${offReason}`;
  return failing ? `failing since ${formatTime(failing.since)}: ${failing.reason}` : 'on';
}
