/** Libraries for Lambda's processor, which is not this machine's: fetched once, as package-lock.json has them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { DeployError } from './deploy-error.ts';

/** One file of a zip. */
export interface ZipEntry {
  readonly path: string;
  readonly content: Buffer;
}

/** The packages that hold each native package's library for Lambda on arm64 with glibc. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  sharp: ['@img/sharp-linux-arm64', '@img/sharp-libvips-linux-arm64'],
};
/** What only people and compilers read. */
const superfluous = /\/(README\.md|versions\.json|include\/.*)$/;

export type FetchPackage = (specifier: string, folder: string) => Promise<string>;

/**
 * The files of a native package's libraries, below `node_modules/`.
 * @throws DeployError LIBRARY_UNAVAILABLE without a network at the first time, LIBRARY_CHANGED if it is not what the lock file says.
 */
export async function nativeLibraries(
  root: string,
  native: string,
  fetch: FetchPackage = npmPack,
): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for (const name of libraries[native] ?? []) entries.push(...(await unpack(await archiveOf(root, name, fetch), name)));
  return entries;
}

async function archiveOf(root: string, name: string, fetch: FetchPackage): Promise<string> {
  const { version, integrity } = await lockedPackage(root, name);
  const folder = join(root, '.build/native');
  const file = join(folder, `${name.replaceAll(/[@/]/g, '-').slice(1)}-${version}.tgz`);
  if ((await integrityOf(file)) === integrity) return file;
  await mkdir(folder, { recursive: true });
  const ownFolder = await mkdtemp(join(folder, 'fetch-')); // somebody else may fetch the same at this moment
  try {
    const fetched = join(ownFolder, await fetchOrExplain(name, version, ownFolder, fetch));
    const found = await integrityOf(fetched);
    if (found !== integrity) {
      throw new DeployError(
        'LIBRARY_CHANGED',
        `${name} ${version} has the digest ${found}, but package-lock.json says ${integrity}.`,
        'Do not deploy it. Ask the registry, or update package-lock.json knowingly.',
      );
    }
    await rename(fetched, file);
    return file;
  } finally {
    await rm(ownFolder, { recursive: true });
  }
}

async function fetchOrExplain(name: string, version: string, folder: string, fetch: FetchPackage): Promise<string> {
  try {
    return await fetch(`${name}@${version}`, folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : error;
    throw new DeployError(
      'LIBRARY_UNAVAILABLE',
      `${name} ${version}, which the function needs on Lambda, could not be fetched: ${reason}`,
      'Run `npm run package` once with a network; after that it needs none.',
    );
  }
}

async function lockedPackage(root: string, name: string): Promise<{ version: string; integrity: string }> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const { version, integrity } = packages[`node_modules/${name}`] ?? {};
  if (typeof version === 'string' && typeof integrity === 'string') return { version, integrity };
  throw new DeployError('LIBRARY_UNKNOWN', `package-lock.json does not have ${name}.`, 'Run `npm install`.');
}

/** The name of the file that npm wrote into the folder. */
async function npmPack(specifier: string, folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['pack', specifier, '--json', '--pack-destination', folder], {
    maxBuffer: 1 << 24,
  });
  const [{ filename }] = JSON.parse(stdout);
  return filename;
}

/** Undefined where there is no file. */
async function integrityOf(file: string): Promise<string | undefined> {
  const content = await readFile(file).catch(() => undefined);
  return content && `sha512-${createHash('sha512').update(content).digest('base64')}`;
}

async function unpack(archive: string, name: string): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  const files = extract();
  files.end(await promisify(gunzip)(await readFile(archive)));
  for await (const file of files) {
    const path = `node_modules/${name}/${file.header.name.replace(/^package\//, '')}`;
    const content = await buffer(file);
    if (file.header.type === 'file' && !superfluous.test(path)) entries.push({ path, content });
  }
  return entries;
}
