import { readFile } from 'node:fs/promises';
import { AgentFailure } from './agent-failure.ts';
import type { Issue } from './agent-state.ts';
import { type Delivery, keysMissing, type SignedDelivery, verifySignature } from './delivery.ts';
import { load } from './load-builtin.ts';
import { parseRelease, type Release } from './release.ts';

/** What a device knows of its own, and what it is shown: paths of the keys and of `release.json`. */
export interface Acceptance {
  readonly signingKeys: string;
  readonly release: string;
  readonly newest: Issue;
  readonly now: Date;
}

/**
 * Takes or refuses what was delivered, before a byte of it is unpacked: the signature, then whether it is news, then
 * whether the release is the one that was signed. Throws AgentFailure with the first thing that is wrong.
 */
export async function acceptDelivery(signed: SignedDelivery, acceptance: Acceptance): Promise<Release> {
  const keys = await readFile(acceptance.signingKeys, 'utf8').catch((error: Error) => {
    throw keysMissing(error.message);
  });
  verifySignature(signed, keys);
  checkNews(signed.claims, acceptance);
  const text = await readFile(acceptance.release);
  const digest = load('node:crypto').createHash('sha256').update(text).digest('hex');
  const { releaseDigest } = signed.claims;
  if (digest !== releaseDigest) {
    const message = `The release has digest ${digest} instead of ${releaseDigest}, which was signed.`;
    throw new AgentFailure('DIGEST_MISMATCH', message, 'Release the model again.');
  }
  return parseRelease(text.toString('utf8'));
}

/**
 * The counter says which of two deliveries is newer, without a clock. Expiry is for the deliveries that the device has
 * never seen, and needs one: a clock that stands before what was signed already, as after a power cut on a board
 * without a battery, is wrong, and the newest signed time counts in its place. So what a clock that is behind can do is
 * let a delivery in that has expired, never one that is older than the device's own model.
 */
function checkNews({ counter, issuedAt, expiresAt }: Delivery, { newest, now }: Acceptance): void {
  if (counter < newest.counter) {
    const message = `Delivery ${counter} is older than delivery ${newest.counter}, which the device has.`;
    throw new AgentFailure('DELIVERY_OUTDATED', message, 'To go back to a model, deliver it again by a run.');
  }
  if (counter === newest.counter) return; // taken before: a damaged slot may be filled again at any time
  const time = [now.toISOString(), issuedAt, newest.issuedAt].sort().at(-1) ?? issuedAt;
  if (time <= expiresAt) return;
  const message = `The delivery was to be begun before ${expiresAt}, and the device's clock says ${time}.`;
  throw new AgentFailure('DELIVERY_EXPIRED', message, "Check the device's clock, then deliver the model by a new run.");
}
