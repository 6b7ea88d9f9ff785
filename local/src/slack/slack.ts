/** A Slack that nobody needs an account for: takes messages as Slack's Web API does, shows them, and sends clicks back. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { readBody } from '../aws-endpoint/read-body.ts';
import type { CloudContext, RunningService } from '../cloud-service.ts';
import { closeServer, listen } from '../listen.ts';
import { buttonsIn } from './buttons.ts';
import { sendClick } from './click.ts';
import { messagePage } from './message-page.ts';
import { type MessageStore, openMessageStore } from './message-store.ts';
import { readSecret, type SlackSecret, setUpSecrets } from './secret.ts';
import { callMethod } from './web-api.ts';

const largestRequestBytes = 1024 * 1024;

export interface SlackContext extends Pick<CloudContext, 'database' | 'secrets' | 'log'> {
  description: Pick<CloudContext['description'], 'secrets'>;
  /** Clicks go to `/slack/interactions` there. */
  endpoints: { api: string };
}

/** Answers `POST /api/chat.postMessage` and `chat.update`; `GET /` is the page for people, `GET /messages` the same as JSON. */
export async function slackService(context: SlackContext): Promise<RunningService> {
  const { database, secrets, description, log } = context;
  const names = description.secrets.map(({ name }) => name);
  setUpSecrets(names, secrets);
  const store = openMessageStore(database);
  const channel: Channel = {
    store,
    notes: new Map(),
    secret: () => readSecret(names, secrets),
    interactionsUrl: `${context.endpoints.api}/slack/interactions`,
    url: () => url,
  };
  const server = createServer((request, response) => {
    answer(request, response, channel).catch((error: unknown) => {
      log(`Slack: ${error instanceof Error ? error.message : error}`);
      response.writeHead(500).end();
    });
  });
  const url = await listen(server, 'slack', 0);
  return { environment: { SLACK_API_URL: `${url}/api/` }, endpoints: { slack: url }, close: () => closeServer(server) };
}

interface Channel {
  readonly store: MessageStore;
  /** What only the person at the page sees, by message; gone with a restart, as in Slack. */
  readonly notes: Map<string, string>;
  secret(): SlackSecret;
  readonly interactionsUrl: string;
  /** Where the page is. */
  url(): string;
}

async function answer(request: IncomingMessage, response: ServerResponse, channel: Channel): Promise<void> {
  const { store, notes } = channel;
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  if (request.method === 'GET' && path === '/messages')
    return send(response, 'application/json', JSON.stringify(store.list()));
  if (request.method === 'GET') return send(response, 'text/html; charset=utf-8', messagePage(store.list(), notes));
  const body = (await readBody(request, largestRequestBytes)).toString('utf8');
  if (path === '/click') return takeClick(request, response, new URLSearchParams(body), channel);
  if (path.startsWith('/response/')) return takeNote(response, path.slice('/response/'.length), body, channel);
  const { authorization } = request.headers;
  const answered = callMethod(path, new URLSearchParams(body), authorization, channel.secret(), store);
  send(response, 'application/json', JSON.stringify(answered));
}

/** The page's own form. A form on a page of another site would click as well, so that is refused. */
async function takeClick(
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
  channel: Channel,
): Promise<void> {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== channel.url()) return void response.writeHead(403).end();
  const message = channel.store.list().find(({ ts }) => ts === form.get('ts'));
  const button = buttonsIn(message?.blocks).find(({ actionId }) => actionId === form.get('action'));
  if (!message || !button) return void response.writeHead(404).end('The message has changed. Look at it again.');
  const responseUrl = `${channel.url()}/response/${message.ts}`;
  const secret = channel.secret();
  channel.notes.delete(message.ts);
  const warning = await sendClick(channel.interactionsUrl, { message, button, secret, responseUrl, now: Date.now() });
  if (warning) channel.notes.set(message.ts, warning);
  response.writeHead(303, { location: '/' }).end();
}

/** What the application answers to a click, for the person who clicked. */
function takeNote(response: ServerResponse, ts: string, body: string, { notes, store }: Channel): void {
  if (!store.list().some((message) => message.ts === ts)) return void response.writeHead(404).end();
  const { text } = JSON.parse(body) as { text?: unknown }; // checked below
  if (typeof text === 'string') notes.set(ts, text);
  response.writeHead(200).end('ok');
}

function send(response: ServerResponse, type: string, body: string): void {
  // Whatever a message holds, the page runs nothing, and sends its forms nowhere else.
  const policy = {
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  };
  response.writeHead(200, { 'content-type': type, ...policy }).end(body);
}
