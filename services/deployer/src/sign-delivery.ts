import { createHash } from 'node:crypto';
import type { Signer } from './ports.ts';

/** What a device is told to take. The device knows its form as well: `edge/agent/src/delivery.ts`. */
export interface Delivery {
  /** Grows from delivery to delivery of the component; a device takes none below what it has. */
  readonly counter: number;
  readonly modelId: string;
  readonly modelDigest: string;
  /** SHA-256 of `release.json`, which in turn holds the digest of every file. */
  readonly releaseDigest: string;
  readonly runId: string;
  readonly attempt: number;
}

/**
 * How long a delivery may be begun. A device that joins a group later gets the group's last delivery, so this is how
 * long a group is left alone at most, not how long a rollout takes.
 */
const validDays = 365;

/**
 * Signs a delivery: a JSON Web Signature in compact form with the algorithm EdDSA, so that any library verifies it.
 * https://www.rfc-editor.org/rfc/rfc7515#section-7.1, https://www.rfc-editor.org/rfc/rfc8037#section-3.1
 */
export async function signDelivery(delivery: Delivery, signer: Signer, now: Date): Promise<string> {
  const issuedAt = now.toISOString();
  const expiresAt = new Date(now.getTime() + validDays * 86_400_000).toISOString();
  const payload = { format: 'dropforge-delivery/1', ...delivery, issuedAt, expiresAt };
  const message = [{ alg: 'EdDSA' }, payload].map((part) => encode(JSON.stringify(part))).join('.');
  return `${message}.${encode(await signer.sign(Buffer.from(message)))}`;
}

/** SHA-256, hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function encode(part: string | Uint8Array): string {
  return Buffer.from(part).toString('base64url');
}
