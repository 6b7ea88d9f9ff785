/** A Slack that nobody needs an account for: takes messages as Slack's Web API does and shows them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { readBody } from '../aws-endpoint/read-body.ts';
import type { CloudContext, RunningService } from '../cloud-service.ts';
import { closeServer, listen } from '../listen.ts';
import { messagePage } from './message-page.ts';
import { type MessageStore, openMessageStore } from './message-store.ts';

/** The channel and the token of everything local. */
const secret = { token: 'xoxb-embedded', channel: 'C0DROPFORGE' };
const largestRequestBytes = 1024 * 1024;

export interface SlackContext extends Pick<CloudContext, 'database' | 'secrets' | 'log'> {
  description: Pick<CloudContext['description'], 'secrets'>;
}

/** Answers `POST /api/chat.postMessage` and `chat.update`; `GET /` is the page for people, `GET /messages` the same as JSON. */
export async function slackService({ database, secrets, description, log }: SlackContext): Promise<RunningService> {
  const store = openMessageStore(database);
  const server = createServer((request, response) => {
    answer(request, response, store).catch((error: unknown) => {
      log(`Slack: ${error instanceof Error ? error.message : error}`);
      response.writeHead(500).end();
    });
  });
  const url = await listen(server, 'slack', 0);
  for (const { name } of description.secrets) {
    if (/slack/i.test(name) && secrets.find(name)?.value === undefined) secrets.set(name, JSON.stringify(secret));
  }
  return { environment: { SLACK_API_URL: `${url}/api/` }, endpoints: { slack: url }, close: () => closeServer(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, store: MessageStore): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  if (request.method === 'GET' && path === '/messages')
    return send(response, 'application/json', JSON.stringify(store.list()));
  if (request.method === 'GET') return send(response, 'text/html; charset=utf-8', messagePage(store.list()));
  const form = new URLSearchParams((await readBody(request, largestRequestBytes)).toString('utf8'));
  send(response, 'application/json', JSON.stringify(callMethod(path, form, request.headers.authorization, store)));
}

/** Slack answers 200 whatever happens; `ok` tells. https://docs.slack.dev/reference/methods/chat.postMessage */
function callMethod(path: string, form: URLSearchParams, authorization: string | undefined, store: MessageStore) {
  if (authorization !== `Bearer ${secret.token}`) return { ok: false, error: 'invalid_auth' };
  const channel = form.get('channel') ?? '';
  if (channel !== secret.channel) return { ok: false, error: 'channel_not_found' };
  const message = { text: form.get('text') ?? '', blocks: form.get('blocks') ?? '[]' };
  if (!isList(message.blocks)) return { ok: false, error: 'invalid_blocks_format' };
  if (message.text === '' && message.blocks === '[]') return { ok: false, error: 'no_text' };
  if (path === '/api/chat.postMessage') return { ok: true, channel, ts: store.add(message) };
  if (path !== '/api/chat.update') return { ok: false, error: 'unknown_method' };
  const ts = form.get('ts') ?? '';
  return store.replace(ts, message)
    ? { ok: true, channel, ts, text: message.text }
    : { ok: false, error: 'message_not_found' };
}

function isList(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  // Whatever a message holds, the page runs nothing.
  const policy = { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" };
  response.writeHead(200, { 'content-type': type, ...policy }).end(body);
}
