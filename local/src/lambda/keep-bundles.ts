/** Keeps the bundles of handlers from one start of an embedded cloud to the next, until a file that went into them changes. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleHandlers } from './bundle-handlers.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const ownCache = path.join(root, 'node_modules/.cache/dropforge-functions');

export interface KeptBundles {
  /** What each handler file is loaded from. */
  readonly files: ReadonlyMap<string, string>;
  /** For Node's compiled code, which lives as long as the bundles. */
  readonly compileCache: string;
}

/** Bundles that nobody used for this long are removed when others are made. */
const keepMilliseconds = 7 * 86_400_000;
/** Whoever goes on editing while we bundle gets what he has by then. */
const mostTries = 3;

/**
 * What `bundleHandlers` makes of these files, as a rule made earlier. Bundles lie by the digest of their sources, so that
 * clouds of several processes can use them, and make them, at the same time: those of this repository beside its packages,
 * others' in `elsewhere`. Rejects for what cannot be bundled.
 */
export async function keepBundles(handlerFiles: readonly string[], elsewhere: string): Promise<KeptBundles> {
  const files = [...new Set(handlerFiles)];
  const cache = files.every((file) => file.startsWith(root)) ? ownCache : elsewhere;
  // The folder of bundles depends on what they are made of, and only bundling tells that: last time's list says it.
  const list = path.join(cache, `${digestOf(files)}.json`);
  const known = await digestOfFiles(await readList(list));
  const folder = known === undefined ? undefined : path.join(cache, known);
  if (folder !== undefined && existsSync(folder)) {
    await utimes(folder, new Date(), new Date());
    return keptIn(folder, files);
  }
  return keptIn(await make(files, cache, list), files);
}

function keptIn(folder: string, files: readonly string[]): KeptBundles {
  const bundles = files.map((file, index) => [file, path.join(folder, `handler-${index}.mjs`)] as const);
  return { files: new Map(bundles), compileCache: path.join(folder, 'compile-cache') };
}

async function make(files: readonly string[], cache: string, list: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  await removeUnused(cache);
  const draft = await mkdtemp(path.join(cache, 'draft-'));
  try {
    const sources = await bundleUnchanged(files, draft);
    const folder = path.join(cache, (await digestOfFiles(sources)) ?? path.basename(draft));
    await writeFile(`${draft}.json`, JSON.stringify(sources));
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // else somebody else has made the same in the meantime
    });
    await rename(`${draft}.json`, list);
    return folder;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Gives the files that decide what the bundles are. */
async function bundleUnchanged(files: readonly string[], folder: string): Promise<string[]> {
  for (let tries = 1; ; tries++) {
    const begun = Date.now();
    const { sources } = await bundleHandlers(files, folder);
    const all = [...sources, ...packagesOf(sources), path.join(root, 'package-lock.json'), ...ownFiles];
    const changed = await Promise.all(all.map(async (file) => (await stat(file)).mtimeMs >= begun));
    if (!changed.includes(true) || tries === mostTries) return all;
  }
}

const ownFiles = ['bundle-handlers.ts', 'keep-bundles.ts'].map((name) => path.join(import.meta.dirname, name));

/** Where packages of ours say which file is meant by a name; the lock file answers for everybody else's. */
function packagesOf(sources: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const source of sources.filter((file) => !file.includes(`${path.sep}node_modules${path.sep}`))) {
    for (
      let folder = path.dirname(source);
      !folders.has(folder) && folder.startsWith(root);
      folder = path.dirname(folder)
    )
      folders.add(folder);
  }
  return [...folders].map((folder) => path.join(folder, 'package.json')).filter((file) => existsSync(file));
}

async function readList(file: string): Promise<string[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return []; // the first time, or cut off by a kill
  }
}

/** Undefined where there are none or one of them is gone. */
async function digestOfFiles(files: readonly string[]): Promise<string | undefined> {
  try {
    const contents = await Promise.all(files.map((file) => readFile(file)));
    return files.length === 0 ? undefined : digestOf(files.flatMap((file, index) => [file, contents[index] ?? '']));
  } catch {
    return undefined;
  }
}

function digestOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest('hex').slice(0, 32);
}

async function removeUnused(cache: string): Promise<void> {
  const names = await readdir(cache);
  const places = names.map((name) => path.join(cache, name));
  const old = async (place: string) => {
    const { mtimeMs } = await stat(place).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY })); // removed by another
    if (mtimeMs < Date.now() - keepMilliseconds) await rm(place, { recursive: true, force: true });
  };
  await Promise.all(places.map(old));
}
