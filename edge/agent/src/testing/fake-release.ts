import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Release } from '../release.ts';
import { type Behaviour, fakeRunner, logitsOf } from './fake-runner.ts';

export const fakeInput = { height: 4, width: 4, channels: 3 };
export const fakeClasses = ['cat', 'dog', 'Ünïcode 猫'];
export const fakeImage = (salt: number) =>
  Uint8Array.from({ length: 48 }, (_, index) => (index * 37 + salt * 101) & 255);
export const fakeRunId = (seed: number) => `run-${'a'.repeat(18)}${String.fromCharCode(97 + seed)}a`;

export interface FakeRelease {
  readonly release: Release;
  /** Paths of the two files that are delivered. */
  readonly releasePath: string;
  readonly artifactPath: string;
}

export interface FakeReleaseOptions {
  readonly seed: number;
  readonly behaviour?: Behaviour;
  readonly attempt?: number;
  readonly target?: string;
  /** Changes the archive after the release was written down: the hostile part of some tests. */
  readonly archive?: (files: Map<string, Buffer>) => Promise<Buffer> | Buffer;
  readonly describe?: (release: Release) => unknown;
}

/** Writes `output.tar.gz` and `release.json` of a made-up model into a directory. */
export async function writeFakeRelease(directory: string, options: FakeReleaseOptions): Promise<FakeRelease> {
  const {
    seed,
    behaviour = 'good',
    attempt = 1,
    target = 'x86_64',
    archive = tarball,
    describe = (it) => it,
  } = options;
  const bytes = fakeInput.height * fakeInput.width * fakeInput.channels;
  const images = [0, 1, 2].map(fakeImage);
  const logits = images.flatMap((image) => logitsOf(image, seed, fakeClasses.length));
  const files = new Map<string, Buffer>([
    [`output/bin/${target}/dropforge-run`, Buffer.from(fakeRunner(seed, bytes, fakeClasses.length, behaviour))],
    ['output/meta.json', Buffer.from('{}')],
    ['output/model/golden.i32', Buffer.from(Int32Array.from(logits).buffer)],
    ['output/model/golden.u8', Buffer.concat(images)],
    ['output/model/model.safetensors', Buffer.from(`model ${seed}`)],
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
  await writeFile(releasePath, JSON.stringify(describe({ ...{ format: 'dropforge-release/1' }, ...release })));
  return { release, releasePath, artifactPath };
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
