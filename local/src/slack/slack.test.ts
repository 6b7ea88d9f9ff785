import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogLevel, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningService } from '../cloud-service.ts';
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

let directory = '';
let database: Database;
let running: RunningService;
let slack: WebClient;

async function start(secrets = openSecrets(directory, [slackSecret])) {
  running = await slackService({ database, secrets, description: { secrets: [slackSecret] }, log: () => undefined });
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
