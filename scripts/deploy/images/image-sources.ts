/** What an image is made of: the files that its `Dockerfile.dockerignore` lets through, and one version for all of them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeployError } from '../deploy-error.ts';

export interface ImageSources {
  /** Below the root, sorted. */
  readonly files: readonly string[];
  /** 16 hexadecimal digits over names and contents: the same files are the same version on every machine. */
  readonly version: string;
}

/**
 * The sources of the image whose Dockerfile is at `dockerfile`, a path below the root. Files that git ignores never count.
 * @throws DeployError IGNORE_FILE_INVALID for a line that this reader does not know
 */
export async function imageSources(root: string, dockerfile: string): Promise<ImageSources> {
  const ignoreFile = `${dockerfile}.dockerignore`;
  const admits = readIgnoreFile(ignoreFile, await readFile(join(root, ignoreFile), 'utf8'));
  const files = checkedOut(root).filter(admits).sort();
  const digest = createHash('sha256');
  for (const file of files) digest.update(`${file}\0${sha256(await readFile(join(root, file)))}\n`);
  return { files, version: digest.digest('hex').slice(0, 16) };
}

/** Copies files below the root to the same places below `folder`: exactly what a builder then gets to see. */
export async function stageSources(root: string, files: readonly string[], folder: string): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(join(root, file), join(folder, file));
  }
}

// Ours have one form: `*`, then what is let through as `!path`, then what is kept out after all as `**/name`, where a `*`
// stands for any letters. https://docs.docker.com/build/concepts/context/#dockerignore-files
function readIgnoreFile(path: string, text: string): (file: string) => boolean {
  const [first, ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const strays = lines.filter((line) => !/^(![\w./-]+|\*\*\/[\w.*-]+)$/.test(line));
  if (first !== '*' || strays.length > 0) {
    const what = first === '*' ? `does not know ${strays.join(', ')}` : 'must begin with *';
    throw new DeployError('IGNORE_FILE_INVALID', `${path} ${what}.`, 'Write *, then !path lines, then **/name lines.');
  }
  const admitted = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const names = lines.filter((line) => line.startsWith('**/')).map((line) => namePattern(line.slice(3)));
  return (file) =>
    admitted.some((path) => file === path || file.startsWith(`${path}/`)) &&
    !file.split('/').some((name) => names.some((pattern) => pattern.test(name)));
}

function namePattern(name: string): RegExp {
  return new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
}

/** Files that git knows or would take. */
function checkedOut(root: string): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z'];
  const deleted = new Set(git(root, ['ls-files', '--deleted', '-z']));
  return git(root, args).filter((file) => !deleted.has(file));
}

function git(root: string, args: string[]): string[] {
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  return listed.split('\0').filter((file) => file !== '');
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
