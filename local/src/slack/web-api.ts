/** Slack's Web API, as far as messages need it. https://docs.slack.dev/reference/methods/chat.postMessage */
import type { MessageStore } from './message-store.ts';
import type { SlackSecret } from './secret.ts';

/** Slack answers 200 whatever happens; `ok` tells. */
export function callMethod(
  path: string,
  form: URLSearchParams,
  authorization: string | undefined,
  { token, channel: known }: SlackSecret,
  store: MessageStore,
) {
  if (authorization !== `Bearer ${token}`) return { ok: false, error: 'invalid_auth' };
  // https://docs.slack.dev/reference/methods/auth.test
  if (path === '/api/auth.test') return { ok: true, team: 'embedded', user: 'dropforge' };
  const channel = form.get('channel') ?? '';
  if (channel !== known) return { ok: false, error: 'channel_not_found' };
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
