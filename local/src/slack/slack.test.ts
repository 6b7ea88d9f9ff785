import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningService } from '../cloud-service.ts';
import { closeServer, listen } from '../listen.ts';
import { openSecrets } from '../secrets-manager/secrets.ts';
import { type Database, openDatabase } from '../state/database.ts';
import { slackService } from './slack.ts';

const channel = 'C0DROPFORGE';
const slackSecret = {
  logicalId: 'SlackSecret',
  name: 'x-SlackSecret',
  arn: 'arn:slack',
  value: undefined,
  generate: {},
};

/** Stands where the application's API is, and says what it was sent. */
const application = {
  url: '',
  status: 200,
  requests: [] as { url: string; headers: IncomingHttpHeaders; body: string }[],
};
const applicationServer = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  application.requests.push({ url: request.url ?? '', headers: request.headers, body });
  response.writeHead(application.status).end();
});
beforeAll(async () => {
  application.url = await listen(applicationServer, 'test', 0);
});
afterAll(() => closeServer(applicationServer));

let directory = '';
let database: Database;
let running: RunningService;
let slack: WebClient;

async function start(secrets = openSecrets(directory, [slackSecret])) {
  running = await slackService({
    ...{ database, secrets, description: { secrets: [slackSecret] }, log: () => undefined },
    endpoints: { api: application.url },
  });
  const { token } = JSON.parse(secrets.find('x-SlackSecret')?.value ?? '{}');
  slack = client(token);
}

const client = (token: string) =>
  new WebClient(token, {
    slackApiUrl: running.environment?.SLACK_API_URL ?? '',
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
  });
const url = () => running.endpoints?.slack ?? '';
const messages = async () => (await fetch(`${url()}/messages`)).json();
const section = (text: string) => [{ type: 'section', text: { type: 'mrkdwn', text } }] as const;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dropforge-slack-'));
  database = openDatabase(directory);
  await start();
});
afterEach(async () => {
  await running.close?.();
  database.close();
  rmSync(directory, { recursive: true });
});

describe('the Slack sink', () => {
  it('takes a message from the real client and edits it in its place', async () => {
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'training', blocks: [...section('*training*')] });
    const other = await slack.chat.postMessage({ channel, text: 'another run' });
    await slack.chat.update({ channel, ts, text: 'done', blocks: [...section('*done*')] });
    expect(ts).toMatch(/^\d{10}\.\d{6}$/);
    expect(await messages()).toEqual([
      { ts: other.ts, text: 'another run', blocks: [], edits: 0 },
      { ts, text: 'done', blocks: section('*done*'), edits: 1 },
    ]);
  });

  it('keeps its messages when it starts again', async () => {
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'before' });
    await running.close?.();
    await start();
    await slack.chat.update({ channel, ts, text: 'after' });
    expect(await messages()).toMatchObject([{ ts, text: 'after' }]);
  });

  it('refuses as Slack does: a wrong token, another channel, a message that is not there, blocks that are none', async () => {
    const refused = (error: string) => ({ data: { ok: false, error } });
    await expect(client('xoxb-wrong').chat.postMessage({ channel, text: 'x' })).rejects.toMatchObject(
      refused('invalid_auth'),
    );
    await expect(slack.chat.postMessage({ channel: 'C1', text: 'x' })).rejects.toMatchObject(
      refused('channel_not_found'),
    );
    await expect(slack.chat.update({ channel, ts: '1.000001', text: 'x' })).rejects.toMatchObject(
      refused('message_not_found'),
    );
    await expect(slack.apiCall('chat.postMessage', { channel, text: 'x', blocks: '{' })).rejects.toMatchObject(
      refused('invalid_blocks_format'),
    );
    await expect(slack.apiCall('chat.postMessage', { channel, text: '' })).rejects.toMatchObject(refused('no_text'));
    await expect(slack.apiCall('files.upload', { channel, text: 'x' })).rejects.toMatchObject(
      refused('unknown_method'),
    );
    expect(await messages()).toEqual([]);
  });

  it('shows messages on its page, and lets nothing in them become markup', async () => {
    await slack.chat.postMessage({ channel, text: 'plain' });
    const hostile =
      '*bold* <script>alert(1)</script> <https://x|details> "><img src=x onerror=alert(1)> `a<b` :rocket:';
    await slack.chat.postMessage({ channel, text: hostile, blocks: [...section(hostile), ...section('&lt;i&gt;')] });
    const response = await fetch(url());
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('<p>plain</p>');
    expect(page).toContain('<b>bold</b>');
    expect(page).toContain('details');
    expect(page).toContain('🚀');
    expect(page).toContain('&lt;i&gt;');
    expect(page).not.toMatch(/<script|<img|<i>/);
  });

  it('leaves a token alone that somebody has set', async () => {
    await running.close?.();
    const secrets = openSecrets(directory, [slackSecret]);
    secrets.set('x-SlackSecret', '{"token":"xoxb-mine","channel":"C2"}');
    await start(secrets);
    expect(secrets.find('x-SlackSecret')?.value).toContain('xoxb-mine');
  });
});

describe('a button', () => {
  const value = '{"action":"approve"}';
  const button = (action_id: string, text: string) =>
    ({ type: 'button', action_id, value, text: { type: 'plain_text', text } }) as const;
  const blocks = () =>
    [...section('*waits*'), { type: 'actions', elements: [button('dropforge.approve', 'Approve')] }] as const;
  const secret = () => JSON.parse(openSecrets(directory, [slackSecret]).find('x-SlackSecret')?.value ?? '{}');
  const page = async () => (await fetch(url())).text();

  beforeEach(() => {
    application.requests.length = 0;
    application.status = 200;
  });

  async function post(): Promise<string> {
    const { ts = '' } = await slack.chat.postMessage({ channel, text: 'waits', blocks: [...blocks()] });
    return ts;
  }
  const click = (ts: string, action = 'dropforge.approve', headers: Record<string, string> = {}) =>
    fetch(`${url()}/click`, {
      ...{ method: 'POST', headers, redirect: 'manual', body: new URLSearchParams({ ts, action }) },
    });

  it('is on the page, with nothing of it as text', async () => {
    await slack.chat.postMessage({
      channel,
      text: 'x',
      blocks: [{ type: 'actions', elements: [button('a', '<b>Go</b>')] }],
    });
    const ts = await post();
    expect(await page()).toContain(`name="ts" value="${ts}"`);
    expect(await page()).toContain('<button>Approve</button>');
    expect(await page()).toContain('<button>&lt;b&gt;Go&lt;/b&gt;</button>');
    expect(await page()).not.toContain('<p>Approve</p>');
  });

  it('sends what Slack sends, signed with the secret of this cloud', async () => {
    const ts = await post();
    const response = await click(ts);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    const [{ url: path = '', headers = {}, body = '' } = {}] = application.requests;
    expect(path).toBe('/slack/interactions');
    const timestamp = headers['x-slack-request-timestamp'];
    const hmac = createHmac('sha256', secret().signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    expect(headers['x-slack-signature']).toBe(`v0=${hmac}`);
    expect(Math.abs(Date.now() / 1_000 - Number(timestamp))).toBeLessThan(10);
    expect(JSON.parse(new URLSearchParams(body).get('payload') ?? '')).toMatchObject({
      type: 'block_actions',
      team: { id: secret().team },
      user: { id: secret().approvers[0] },
      container: { message_ts: ts, channel_id: channel },
      response_url: `${url()}/response/${ts}`,
      actions: [{ action_id: 'dropforge.approve', type: 'button', value }],
    });
  });

  it('shows to who clicked what the application answers, until the next click', async () => {
    const ts = await post();
    await click(ts);
    const text = 'Too late: <b>no</b>.';
    const body = JSON.stringify({ response_type: 'ephemeral', text });
    expect((await fetch(`${url()}/response/${ts}`, { method: 'POST', body })).status).toBe(200);
    expect(await page()).toContain('Only visible to you: Too late:');
    expect(await page()).not.toContain('<b>no</b>');
    expect((await fetch(`${url()}/response/1.1`, { method: 'POST', body })).status).toBe(404);
    await click(ts);
    expect(await page()).not.toContain('Only visible to you');
  });

  it('warns when the application does not take the click', async () => {
    const ts = await post();
    application.status = 401;
    await click(ts);
    expect(await page()).toContain('Slack would warn: the application answered 401.');
  });

  it('cannot be clicked from a page of another site, nor where there is none', async () => {
    const ts = await post();
    expect((await click(ts, 'dropforge.approve', { origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await click(ts, 'dropforge.delete')).status).toBe(404);
    expect((await click('1.1')).status).toBe(404);
    expect(application.requests).toEqual([]);
    expect((await click(ts, 'dropforge.approve', { origin: url() })).status).toBe(303);
  });
});

it('gives a secret of an earlier version what clicks need, and keeps it', async () => {
  await running.close?.();
  const secrets = openSecrets(directory, [slackSecret]);
  secrets.set('x-SlackSecret', '{"token":"xoxb-embedded","channel":"C0DROPFORGE"}');
  await start(secrets);
  const value = secrets.find('x-SlackSecret')?.value;
  expect(JSON.parse(value ?? '{}')).toMatchObject({ signingSecret: expect.stringMatching(/^[0-9a-f]{32}$/) });
  await running.close?.();
  await start(secrets);
  expect(secrets.find('x-SlackSecret')?.value).toBe(value);
});
