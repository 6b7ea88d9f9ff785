import { describe, expect, it } from 'vitest';
import { signWebhook, webhookSecret } from './webhook-secret.ts';

describe('the signature of a webhook', () => {
  it("is the one of the specification's own example", () => {
    // https://github.com/standard-webhooks/standard-webhooks, the test vector of its libraries
    const content = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', content)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('has a secret of its own for each webhook, the same each time, that tells nothing of the stack', () => {
    const secret = webhookSecret('stack key', 'wh-a');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhookSecret('stack key', 'wh-a')).toBe(secret);
    expect(webhookSecret('stack key', 'wh-b')).not.toBe(secret);
    expect(webhookSecret('other key', 'wh-a')).not.toBe(secret);
  });
});
