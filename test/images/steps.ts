/** The steps of `RUN`: what installs is checked against this machine, what tries the result out runs here. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type PlainImage, python } from './plain-image.ts';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs one line of `RUN`, step by step. @throws Error that names the step which failed */
export async function runSteps(image: PlainImage, line: string): Promise<void> {
  for (const step of line.split('&&').map((text) => text.trim())) {
    try {
      await runStep(image, step);
    } catch (error) {
      throw new Error(`RUN ${step}\nfailed: ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function runStep(image: PlainImage, step: string): Promise<void> {
  if (step === 'apt-get update') return;
  const packages = /^apt-get install --yes --no-install-recommends ([a-z0-9 .+-]+)$/.exec(step)?.[1];
  if (packages !== undefined) return expectDebianPackages(packages.split(' ').filter((name) => name !== ''));
  const requirements =
    /^python3 -m pip install (?:--break-system-packages )?--no-cache-dir --no-deps --require-hashes --requirement (\S+)$/.exec(
      step,
    )?.[1];
  if (requirements !== undefined) return expectPythonPackages(image.pathOf(requirements));
  if (/^npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cache \S+$/.test(step)) return linkPackages(image);
  const decoders = /^jobs\/convert\/fetch-decoders (\S+)$/.exec(step)?.[1];
  if (decoders !== undefined) return copyDecoders(image.pathOf(decoders));
  if (/^node \S+ edge\/gateware\/src\/main\.ts simulator --array 64x64$/.test(step)) return trySimulator(image, step);
  const removed = /^rm -rf (\/(?:var\/lib\/apt\/lists|tmp)\/\S+)$/.exec(step)?.[1];
  if (removed !== undefined) return rm(image.pathOf(removed), { recursive: true, force: true });
  // Nothing else: what a step would do to a machine that is not the image's, nobody knows.
  if (!/^(\w+=\S+ )?(python3 -c|node .*--eval) "[^"]+"$/.test(step)) throw new Error('This step is not understood.');
  await execute('/bin/sh', ['-euc', image.translate(step)], {
    cwd: image.pathOf(image.workdir),
    env: image.environment(),
  });
}

async function expectDebianPackages(names: readonly string[]): Promise<void> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = '${Package} ${db:Status-Status}\n';
  // It fails when one is not known at all; what it prints says which ones are there.
  const { stdout } = await execute('dpkg-query', ['-W', '--showformat', format, ...names]).catch(
    (error: { stdout: string }) => error,
  );
  const missing = names.filter((name) => !stdout.split('\n').includes(`${name} installed`));
  if (missing.length > 0) throw new Error(`These Debian packages are not installed here: ${missing.join(', ')}.`);
}

/** What the trainer itself imports must be here too; what those need in turn depends on their versions. */
const imported = ['torch', 'numpy', 'onnx', 'pillow'];

async function expectPythonPackages(file: string): Promise<void> {
  const names = requirementsIn(await readFile(file, 'utf8')).filter((name) => imported.includes(name));
  const script = 'import sys, importlib.metadata as m; [m.version(name) for name in sys.argv[1:]]';
  await execute(python, ['-c', script, ...names]);
}

/** Names of the packages; each must have one version, or one file, and one digest. */
export function requirementsIn(text: string): string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const name = /^([\w-]+)(==[\w.]+| @ https:\/\/\S+\.whl) --hash=sha256:[0-9a-f]{64}$/.exec(line)?.[1];
      if (name === undefined) throw new Error(`Not pinned by version and digest: ${line}`);
      return name.toLowerCase();
    });
}

/** What the script fetches is the same wherever it runs, so that this machine's copy will do. */
async function copyDecoders(folder: string): Promise<void> {
  await cp(join(repository, 'jobs/convert/.build/decoders'), folder, { recursive: true });
  // So are objects of the same sources, which the image would compile once more.
  const objects = join(repository, 'jobs/convert/.build/objects');
  await mkdir(objects, { recursive: true });
  await symlink(objects, join(folder, '../objects'));
}

/**
 * The product's array takes minutes to build, and a small one tells as well whether the image holds what that needs: it does
 * where it looks for the simulator that was built from the repository's sources.
 */
async function trySimulator(image: PlainImage, step: string): Promise<void> {
  const small = step.replace('64x64', '32x8');
  const simulatorOf = async (root: string, env: NodeJS.ProcessEnv) => {
    const { stdout } = await execute('/bin/sh', ['-euc', small], { cwd: root, env });
    return relative(join(root, '.build'), stdout.trim());
  };
  const [built, own] = [join(repository, '.build'), image.pathOf('.build')];
  const path = await simulatorOf(repository, process.env);
  await cp(join(built, path), join(own, path));
  const found = await simulatorOf(image.pathOf('.'), image.environment());
  if (found !== path) throw new Error(`The image has other sources of the engine: ${found} instead of ${path}.`);
}

interface Lock {
  readonly packages: Record<string, { readonly version?: string; readonly link?: boolean; readonly resolved?: string }>;
}

/** Puts this machine's packages where npm would put those of the lock, if they are the same versions. */
async function linkPackages(image: PlainImage): Promise<void> {
  const folder = image.pathOf(image.workdir);
  const lock: Lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  for (const [path, { version, link, resolved = '' }] of Object.entries(lock.packages)) {
    if (!path.startsWith('node_modules/')) continue;
    const source = link ? join(folder, resolved) : join(repository, path);
    if (link && !existsSync(join(source, 'package.json'))) throw new Error(`${resolved} has no package.json.`);
    if (!link) await expectVersion(source, version);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(source, join(folder, path));
  }
}

async function expectVersion(source: string, version: string | undefined): Promise<void> {
  const installed: { version: string } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  if (installed.version !== version)
    throw new Error(`The lock wants ${source} in ${version}; it is ${installed.version}.`);
}
