import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptDelivery } from './accept-delivery.ts';
import type { Issue } from './agent-state.ts';
import { type Delivery, parseDelivery } from './delivery.ts';
import { signFakeDelivery } from './testing/fake-release.ts';

const digest = 'ab'.repeat(32);
const release = JSON.stringify({
  ...{ format: 'dropforge-release/1', modelId: 'flowers-1', modelDigest: digest, artifactDigest: digest },
  ...{ runId: 'run-mzxw6ytboi2gk3tdmfza', attempt: 1, classes: ['cat'], input: { height: 1, width: 1, channels: 1 } },
  files: [{ path: 'manifest.json', sha256: digest, bytes: 2 }],
});
const claims: Delivery = {
  ...{ counter: 7, modelId: 'flowers-1', modelDigest: digest, runId: 'run-mzxw6ytboi2gk3tdmfza', attempt: 1 },
  releaseDigest: createHash('sha256').update(release).digest('hex'),
  ...{ issuedAt: '2026-03-01T00:00:00.000Z', expiresAt: '2027-03-01T00:00:00.000Z' },
};
const stage = generateKeyPairSync('ed25519');
const pem = (key: KeyObject) => String(key.export({ type: 'spki', format: 'pem' }));
const nothing: Issue = { counter: 0, issuedAt: '1970-01-01T00:00:00.000Z' };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-accept-'));
});
afterEach(() => rm(directory, { recursive: true }));

interface Device {
  readonly keys?: string;
  readonly newest?: Issue;
  readonly now?: string;
  readonly text?: string;
}

/** What a device makes of a delivery; a good one, unless something is changed. */
async function accept(delivery: string, { keys, newest = nothing, now = '2026-03-02', text }: Device = {}) {
  const paths = { signingKeys: join(directory, 'keys.pem'), release: join(directory, 'release.json') };
  await writeFile(paths.signingKeys, keys ?? pem(stage.publicKey));
  await writeFile(paths.release, text ?? release);
  return acceptDelivery(parseDelivery(delivery), { ...paths, newest, now: new Date(now) });
}
const signed = (fields: Partial<Delivery> = {}) => signFakeDelivery({ ...claims, ...fields }, stage.privateKey);
const refused = (code: string) => expect.objectContaining({ name: 'AgentFailure', code });

describe('a delivery', () => {
  it('is taken when the key of the stage signed it', async () => {
    expect(await accept(signed())).toMatchObject({ modelId: 'flowers-1' });
  });

  it('is refused when any part of it was changed', async () => {
    const [header, payload = '', signature] = signed().split('.');
    const forged = Buffer.from(payload, 'base64url').toString().replace('"counter":7', '"counter":8');
    const delivery = [header, Buffer.from(forged).toString('base64url'), signature].join('.');
    await expect(accept(delivery)).rejects.toEqual(refused('SIGNATURE_INVALID'));
    await expect(accept(signed(), { text: `${release} ` })).rejects.toEqual(refused('DIGEST_MISMATCH'));
  });

  it('is refused when no key is there, or none that can be read', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
    const damaged = pem(stage.publicKey).replace(/\n.*\n/, '\nAAAA\n');
    const keys = ['', String(stage.privateKey.export({ type: 'pkcs8', format: 'pem' })), pem(rsa), damaged];
    for (const one of keys)
      await expect(accept(signed(), { keys: one }), one).rejects.toEqual(refused('SIGNING_KEYS_MISSING'));
  });

  it('is taken from the old key and the new one while both are on the device, and then from the new one alone', async () => {
    const next = generateKeyPairSync('ed25519');
    const byNext = signFakeDelivery(claims, next.privateKey);
    const both = pem(stage.publicKey) + pem(next.publicKey);
    for (const delivery of [signed(), byNext]) await accept(delivery, { keys: both });
    await accept(byNext, { keys: pem(next.publicKey) });
    await expect(accept(signed(), { keys: pem(next.publicKey) })).rejects.toEqual(refused('SIGNATURE_INVALID'));
  });

  it('is refused below the counter of the newest one, and taken again at it, even when it has expired', async () => {
    const has = (counter: number) => ({ newest: { counter, issuedAt: claims.issuedAt } });
    await expect(accept(signed(), has(8))).rejects.toEqual(refused('DELIVERY_OUTDATED'));
    await accept(signed(), { ...has(7), now: '2030-01-01' });
    await expect(accept(signed(), { ...has(6), now: '2030-01-01' })).rejects.toEqual(refused('DELIVERY_EXPIRED'));
  });

  it('is taken up to its last moment', async () => {
    await accept(signed(), { now: claims.expiresAt });
    await expect(accept(signed(), { now: '2027-03-01T00:00:00.001Z' })).rejects.toEqual(refused('DELIVERY_EXPIRED'));
  });

  it('is taken by a device whose clock begins in 1970, unless it expired before what the device has was signed', async () => {
    const now = '1970-01-01T00:00:10Z';
    await accept(signed(), { now });
    const newest = { counter: 6, issuedAt: '2028-01-01T00:00:00.000Z' };
    await expect(accept(signed(), { now, newest })).rejects.toEqual(refused('DELIVERY_EXPIRED'));
  });
});

describe('what is no delivery', () => {
  const [header = '', payload = '', signature = ''] = signed().split('.');
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const withClaims = (fields: object) => [header, encoded({ ...claims, ...fields }), signature].join('.');
  it.each([
    ['nothing', ''],
    ['no signature', `${header}.${payload}.`],
    ['an unsecured one', `${encoded({ alg: 'none' })}.${payload}.${signature}`],
    ['another algorithm', `${encoded({ alg: 'HS256' })}.${payload}.${signature}`],
    ['a header that says more', `${encoded({ alg: 'EdDSA', crit: ['exp'] })}.${payload}.${signature}`],
    ['no JSON', `${header}.AAAA.${signature}`],
    ['a list', `${header}.${encoded([])}.${signature}`],
    ['another format', withClaims({ format: 'dropforge-delivery/2' })],
    ['a counter that is none', withClaims({ format: 'dropforge-delivery/1', counter: 0 })],
    ['a list in place of a text', withClaims({ format: 'dropforge-delivery/1', modelId: ['flowers-1'] })],
    ['a time that is none', withClaims({ format: 'dropforge-delivery/1', expiresAt: 'never' })],
  ])('is not read: %s', (_, text) => {
    expect(() => parseDelivery(text)).toThrow(refused('DELIVERY_INVALID'));
  });
});
