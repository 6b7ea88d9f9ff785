import { createReadStream } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Target } from '@dropforge/events';
import { buildsFor } from '@dropforge/events/builds';
import { AgentFailure } from './agent-failure.ts';
import { syncDirectory, withFile, writeDurably } from './durable-file.ts';
import type { Reached } from './fault-points.ts';
import { load } from './load-builtin.ts';
import { readTar } from './read-tar.ts';
import type { Release, ReleaseFile } from './release.ts';

/** What kind of device this is; `fpga`: an armv7l with the accelerator. */
export type Architecture = Target;

/** Where things lie in a slot, as in the artifact. */
const runnerPath = (target: Target) => `bin/${target}/dropforge-run`;
export const goldenImages = 'models/golden.u8';
export const goldenLogits = 'models/golden.i32';
export const releaseFile = 'release.json';

/** The best of a release's runners for this device. Throws TARGET_MISSING where it has none. */
export function runnerFor({ files, modelId }: Pick<Release, 'files' | 'modelId'>, architecture: Architecture): string {
  const paths = buildsFor[architecture].map(runnerPath);
  const runner = paths.find((path) => files.some((file) => file.path === path));
  if (runner !== undefined) return runner;
  throw new AgentFailure(
    'TARGET_MISSING',
    `${modelId} was not built for ${architecture}.`,
    `Add ${architecture} to the recipe's targets.`,
  );
}

/** Room that stays free for the rest of the device. */
const spareBytes = 4 << 20;

/**
 * Unpacks what this device needs of a release into an empty slot and puts it on the disk. Every byte of the artifact
 * is compared with the release; the slot's `release.json` is written last, so a slot that has one is whole.
 */
export async function stageArtifact(
  slot: string,
  artifact: string,
  release: Release,
  architecture: Architecture,
  reached: Reached,
): Promise<void> {
  const wanted = wantedFiles(release, architecture);
  await rm(slot, { recursive: true, force: true });
  await mkdir(slot, { recursive: true });
  await reached('slot-wiped');
  await needRoom(slot, wanted);
  const digest = await digestOf(artifact);
  if (digest !== release.artifactDigest) {
    throw mismatch(`the artifact has digest ${digest} instead of ${release.artifactDigest}`);
  }
  await unpack(slot, artifact, release, new Set(wanted), reached);
  for (const directory of new Set(wanted.map((file) => dirname(join(slot, file.path))))) await syncDirectory(directory);
  await reached('slot-filled');
  await writeDurably(join(slot, releaseFile), JSON.stringify({ format: 'dropforge-release/1', ...release }));
}

/** Compares what lies in a slot with the slot's release; throws SLOT_DAMAGED at the first difference. */
export async function verifySlot(slot: string, release: Release, architecture: Architecture): Promise<void> {
  for (const file of wantedFiles(release, architecture)) {
    const digest = await digestOf(join(slot, file.path)).catch(() => 'none');
    if (digest !== file.sha256)
      throw new AgentFailure('SLOT_DAMAGED', `${file.path} of ${release.modelId} has changed on the disk.`);
  }
}

/**
 * This device's runners, the model and the golden images; other targets' builds and the libraries stay in the archive. An
 * armv7l takes the accelerator's runner as well, whether there is one today or not: a slot must serve when that changes.
 */
function wantedFiles(release: Release, architecture: Architecture): ReleaseFile[] {
  const { files, modelId } = release;
  runnerFor(release, architecture);
  const runners = buildsFor[architecture === 'armv7l' ? 'fpga' : architecture].map(runnerPath);
  const isModel = (path: string) => path.startsWith('models/') && !path.startsWith('models/lib/');
  const wanted = files.filter(({ path }) => isModel(path) || path === 'manifest.json' || runners.includes(path));
  for (const path of [goldenImages, goldenLogits]) {
    if (!wanted.some((file) => file.path === path))
      throw new AgentFailure('ARTIFACT_INVALID', `${modelId} comes without ${path}.`);
  }
  return wanted;
}

async function needRoom(slot: string, files: readonly ReleaseFile[]): Promise<void> {
  const needed = files.reduce((sum, file) => sum + file.bytes, spareBytes);
  const { bavail, bsize } = await statfs(slot);
  if (bavail * bsize < needed) {
    const message = `The model needs ${needed} bytes on the device and ${bavail * bsize} are free.`;
    throw new AgentFailure('DISK_FULL', message, 'Free space on the device, then retry.');
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = load('node:crypto').createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

async function unpack(
  slot: string,
  artifact: string,
  release: Release,
  wanted: ReadonlySet<ReleaseFile>,
  reached: Reached,
): Promise<void> {
  const missing = new Map(release.files.map((file) => [file.path, file]));
  const archive = createReadStream(artifact);
  const unzipped = createGunzip();
  archive.on('error', (error) => unzipped.destroy(error)).pipe(unzipped);
  try {
    for await (const entry of readTar(unzipped)) {
      const path = entry.path.replace(/^output\//, '');
      const file = missing.get(path);
      if (!file || path === entry.path)
        throw mismatch(`the artifact has ${entry.path.slice(0, 200)}, which the release does not name`);
      missing.delete(path);
      if (entry.bytes !== file.bytes) throw mismatch(`${path} has ${entry.bytes} bytes instead of ${file.bytes}`);
      const digest = await store(entry.content, wanted.has(file) ? join(slot, path) : undefined);
      if (digest !== file.sha256) throw mismatch(`${path} has digest ${digest} instead of ${file.sha256}`);
      await reached('file-unpacked');
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException; // zlib's errors have codes like Z_DATA_ERROR
    if (!code.startsWith('Z_')) throw error;
    throw new AgentFailure('ARTIFACT_INVALID', `The artifact is not a gzip file: ${code}.`, 'Convert the model again.');
  } finally {
    archive.destroy();
    unzipped.destroy();
  }
  const [absent] = missing.keys();
  if (absent !== undefined) throw mismatch(`the artifact lacks ${absent}`);
}

/** Hashes the content and, where a path is given, writes it there and syncs it. */
async function store(content: AsyncIterable<Buffer>, path: string | undefined): Promise<string> {
  const hash = load('node:crypto').createHash('sha256');
  if (!path) {
    for await (const chunk of content) hash.update(chunk);
    return hash.digest('hex');
  }
  await mkdir(dirname(path), { recursive: true });
  await withFile(path, 'wx', async (file) => {
    for await (const chunk of content) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    if (path.endsWith('/dropforge-run')) await file.chmod(0o755);
    await file.sync();
  });
  return hash.digest('hex');
}

function mismatch(what: string): AgentFailure {
  return new AgentFailure(
    'DIGEST_MISMATCH',
    `The artifact is not what was released: ${what}.`,
    'Release the model again.',
  );
}
