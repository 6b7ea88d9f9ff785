import { readFileSync } from 'node:fs';
import { signWebhook } from '@dropforge/pipeline-state/webhooks';
import { expect, it } from 'vitest';

type Check = (headers: Record<string, string>, body: string, secret: string) => boolean;

/** The code that docs/integrate.md gives to receivers. */
async function documented(): Promise<Check> {
  const page = readFileSync(new URL('../../../docs/integrate.md', import.meta.url), 'utf8');
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return module.isFromDropforge;
}

it('that receivers copy takes what we sign, and nothing else', async () => {
  const check = await documented();
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const body = '{"type":"x","ü":"猫"}';
  const now = Math.floor(Date.now() / 1_000);
  const headersAt = (timestamp: number, id = 'e1') => ({
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(secret, { id, timestamp, body }),
  });
  const good = headersAt(now);
  expect(check(good, body, secret)).toBe(true);
  const two = { ...good, 'webhook-signature': `v1,other ${good['webhook-signature']}` };
  expect(check(two, body, secret)).toBe(true);
  expect(check(good, `${body} `, secret)).toBe(false);
  expect(check({ ...good, 'webhook-id': 'e2' }, body, secret)).toBe(false);
  expect(check(good, body, 'whsec_b3RoZXI=')).toBe(false);
  expect(check(headersAt(now - 301), body, secret)).toBe(false);
  expect(check(headersAt(now + 302), body, secret)).toBe(false);
  expect(check({}, body, secret)).toBe(false);
});
