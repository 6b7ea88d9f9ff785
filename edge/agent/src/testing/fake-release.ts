import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Delivery } from '../delivery.ts';
import type { Release } from '../release.ts';
import { type Behaviour, fakeRunner, logitsOf } from './fake-runner.ts';

export const fakeInput = { height: 4, width: 4, channels: 3 };
export const fakeClasses = ['cat', 'dog', 'Ünïcode 猫'];
export const fakeImage = (salt: number) =>
  Uint8Array.from({ length: 48 }, (_, index) => (index * 37 + salt * 101) & 255);
export const fakeRunId = (seed: number) => `run-${'a'.repeat(18)}${String.fromCharCode(97 + seed)}a`;

export interface FakeRelease {
  readonly release: Release;
  /** Paths of the two files that are delivered, and of the key that signed for them. */
  readonly releasePath: string;
  readonly artifactPath: string;
  readonly keysPath: string;
  /** The signed delivery. */
  readonly delivery: string;
}

export interface FakeReleaseOptions {
  readonly seed: number;
  readonly behaviour?: Behaviour;
  readonly attempt?: number;
  /** Each has the same program. */
  readonly targets?: readonly string[];
  /** Changes the archive after the release was written down: the hostile part of some tests. */
  readonly archive?: (files: Map<string, Buffer>) => Promise<Buffer> | Buffer;
  readonly describe?: (release: Release) => unknown;
  /** Fields of the delivery that are signed in place of the usual ones; the counter is the seed. */
  readonly claims?: Partial<Delivery>;
  readonly signedBy?: KeyObject;
}

/** Writes `output.tar.gz` and `release.json` of a made-up model into a directory. */
export async function writeFakeRelease(directory: string, options: FakeReleaseOptions): Promise<FakeRelease> {
  const {
    seed,
    behaviour = 'good',
    attempt = 1,
    targets = ['x86_64'],
    archive = tarball,
    describe = (it) => it,
    claims = {},
    signedBy = fakeKeys.privateKey,
  } = options;
  const bytes = fakeInput.height * fakeInput.width * fakeInput.channels;
  const images = [0, 1, 2].map(fakeImage);
  const logits = images.flatMap((image) => logitsOf(image, seed, fakeClasses.length));
  const files = new Map<string, Buffer>([
    ...targets.map((target): [string, Buffer] => [
      `output/bin/${target}/dropforge-run`,
      Buffer.from(fakeRunner(seed, bytes, fakeClasses.length, behaviour)),
    ]),
    ['output/manifest.json', Buffer.from('{}')],
    ['output/models/golden.i32', Buffer.from(Int32Array.from(logits).buffer)],
    ['output/models/golden.u8', Buffer.concat(images)],
    ['output/models/lib/libdlk_x86.so', Buffer.from('a library')],
    ['output/models/model.safetensors', Buffer.from(`model ${seed}`)],
  ]);
  const content = await archive(files);
  const release: Release = {
    modelId: `flowers-${seed}`,
    modelDigest: sha256(`model ${seed}`),
    runId: fakeRunId(seed),
    attempt,
    artifactDigest: sha256(content),
    classes: fakeClasses,
    input: fakeInput,
    files: [...files].map(([path, file]) => ({
      path: path.slice('output/'.length),
      sha256: sha256(file),
      bytes: file.length,
    })),
  };
  await mkdir(directory, { recursive: true });
  const artifactPath = join(directory, 'output.tar.gz');
  const releasePath = join(directory, 'release.json');
  await writeFile(artifactPath, content);
  const keysPath = join(directory, 'signing-keys.pem');
  const text = JSON.stringify(describe({ ...{ format: 'dropforge-release/1' }, ...release }));
  await writeFile(releasePath, text);
  await writeFile(keysPath, fakeKeys.publicKey.export({ type: 'spki', format: 'pem' }));
  const { modelId, modelDigest, runId } = release;
  const delivery = signFakeDelivery(
    {
      ...{ counter: seed, modelId, modelDigest, releaseDigest: sha256(text) },
      ...{ runId, attempt, issuedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2999-01-01T00:00:00.000Z', ...claims },
    },
    signedBy,
  );
  return { release, releasePath, artifactPath, keysPath, delivery };
}

/** The stage's key, as long as the test lives. */
const fakeKeys = generateKeyPairSync('ed25519');

export function signFakeDelivery(claims: Delivery, key: KeyObject): string {
  const payload = { format: 'dropforge-delivery/1', ...claims };
  const message = [{ alg: 'EdDSA' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${message}.${sign(null, Buffer.from(message), key).toString('base64url')}`;
}

/** The files as a gzipped tar archive. */
export async function tarball(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
