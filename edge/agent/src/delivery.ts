import type { KeyObject } from 'node:crypto';
import { AgentFailure } from './agent-failure.ts';
import { load } from './load-builtin.ts';

/** What the holder of the signing key says that this device shall take (format `dropforge-delivery/1`). */
export interface Delivery {
  /** Grows from delivery to delivery of the component; each component of a device has a work directory of its own. */
  readonly counter: number;
  readonly modelId: string;
  /** SHA-256 of the model file, hexadecimal. */
  readonly modelDigest: string;
  /** SHA-256 of `release.json`, hexadecimal. */
  readonly releaseDigest: string;
  readonly runId: string;
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly issuedAt: string;
  /** The last moment at which it may be begun. */
  readonly expiresAt: string;
}

/** A delivery as it came: nobody knows yet who wrote it. */
export interface SignedDelivery {
  readonly claims: Delivery;
  /** The bytes that are signed. */
  readonly message: string;
  readonly signature: Buffer;
}

/**
 * Reads a JSON Web Signature in compact form; throws DELIVERY_INVALID. The header must be our own to the letter: what
 * is not read cannot choose how it is verified. https://www.rfc-editor.org/rfc/rfc8725#section-3.1
 */
export function parseDelivery(text: string): SignedDelivery {
  const [, header, payload = '', signature = ''] = /^([\w-]+)\.([\w-]{1,4000})\.([\w-]{86})$/.exec(text) ?? [];
  if (header !== ourHeader) throw invalid('it is no signature by EdDSA in compact form');
  const claims = parseJson(Buffer.from(payload, 'base64url').toString());
  for (const [name, pattern] of Object.entries(fields)) {
    const value = claims[name];
    const isCount = pattern === 'count' && Number.isSafeInteger(value) && Number(value) > 0;
    const isText = pattern !== 'count' && typeof value === 'string' && pattern.test(value);
    if (!isCount && !isText) throw invalid(`${name} is ${String(JSON.stringify(value)).slice(0, 100)}`);
  }
  const delivery = claims as unknown as Delivery; // every field was just checked
  return { claims: delivery, message: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') };
}

/** Throws SIGNING_KEYS_MISSING or SIGNATURE_INVALID unless one of the keys (PEM, one after the other) signed it. */
export function verifySignature({ message, signature }: SignedDelivery, keysPem: string): void {
  const { verify } = load('node:crypto');
  if (readKeys(keysPem).some((key) => verify(null, Buffer.from(message), key, signature))) return;
  throw new AgentFailure(
    'SIGNATURE_INVALID',
    'The delivery is not signed by a key that this device was set up with.',
    "Compare the device's signing keys with the key of its stage, then retry.",
  );
}

function readKeys(keysPem: string): KeyObject[] {
  const { createPublicKey } = load('node:crypto');
  const blocks = keysPem.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.flatMap((pem) => {
    try {
      return createPublicKey(pem);
    } catch {
      return []; // the other key may be whole
    }
  });
  const ours = keys.filter((key) => key.asymmetricKeyType === 'ed25519');
  if (ours.length === 0) throw keysMissing('the file holds no Ed25519 key');
  return ours;
}

export function keysMissing(why: string): AgentFailure {
  return new AgentFailure(
    'SIGNING_KEYS_MISSING',
    `The device does not know whose models it may take: ${why}.`,
    "Put the public key of the stage's signing key on the device, then retry.",
  );
}

const ourHeader = Buffer.from('{"alg":"EdDSA"}').toString('base64url');
const sha256 = /^[0-9a-f]{64}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const fields: Readonly<Record<'format' | keyof Delivery, RegExp | 'count'>> = {
  format: /^dropforge-delivery\/1$/,
  counter: 'count',
  modelId: /^[\w.:-]{1,128}$/,
  modelDigest: sha256,
  releaseDigest: sha256,
  runId: /^run-[a-z2-7]{20}$/,
  attempt: 'count',
  issuedAt: instant,
  expiresAt: instant,
};

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // refused below, like everything else that is no object
  }
  throw invalid('its content is not JSON');
}

function invalid(what: string): AgentFailure {
  return new AgentFailure('DELIVERY_INVALID', `The delivery cannot be read: ${what}.`, 'Retry the run.');
}
