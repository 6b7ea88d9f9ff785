import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SignedRequest } from '@dropforge/handler-kit';

/** Slack's own bound against replays. */
const ageMaximumSeconds = 300;

/**
 * Whether Slack has signed these very bytes lately. Compared in constant time.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function isSignedBySlack({ headers, body }: SignedRequest, signingSecret: string, now: Date): boolean {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > ageMaximumSeconds) return false;
  const hmac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex');
  const expected = Buffer.from(`v0=${hmac}`);
  const given = Buffer.from(headers['x-slack-signature'] ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
