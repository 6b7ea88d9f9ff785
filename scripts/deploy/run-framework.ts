/** Runs the framework's command line (osls) on a view of the repository, so that it leaves nothing in the tree. */
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeployError } from './deploy-error.ts';
import type { Template } from './finish-template.ts';

export interface FrameworkOptions {
  /** The repository. */
  readonly root: string;
  readonly stage: string;
  readonly region?: string | undefined;
  /** Behind `${param:…}`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** False: the template without the functions' code, which is quick. */
  readonly code?: boolean;
  /** Whether the person at the terminal sees what it says; if not, it is in the error. */
  readonly show?: boolean;
}

/**
 * Packages everything into a folder: the template, and `functions/<key>.zip`. Needs no network once the libraries are
 * fetched. The folder is replaced.
 * @throws DeployError FRAMEWORK_FAILED
 */
export async function packageService(options: FrameworkOptions, folder: string): Promise<Template> {
  await runFramework('package', options, ['--package', folder]);
  return JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
}

/** @throws DeployError FRAMEWORK_FAILED */
export async function runFramework(
  command: 'package' | 'deploy' | 'remove',
  { root, stage, region, parameters = {}, code = true, show = false }: FrameworkOptions,
  more: readonly string[] = [],
): Promise<void> {
  const view = await linkTree(root);
  try {
    const args = [
      ...[command, '--stage', stage],
      ...(region ? ['--region', region] : []),
      ...Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
      ...(code ? [] : ['--param', 'functionCode=none']),
      ...more,
    ];
    const { exitCode, output } = await run(join(root, 'node_modules/.bin/osls'), args, view, show);
    if (exitCode !== 0) throw failed(command, output.trim());
  } finally {
    await rm(view, { recursive: true, force: true });
  }
}

function failed(command: string, output: string): DeployError {
  const [message, action] =
    output === ''
      ? [`\`osls ${command}\` failed.`, 'Its reason stands above.']
      : [`\`osls ${command}\` failed:\n${output}`, 'Put right what it names, then try again.'];
  return new DeployError('FRAMEWORK_FAILED', message, action);
}

/** A folder of links to everything below the root: the framework writes `.serverless` beside serverless.yml. */
async function linkTree(root: string): Promise<string> {
  const view = await mkdtemp(join(tmpdir(), 'dropforge-package-'));
  const names = (await readdir(root)).filter((name) => !name.startsWith('.') && name !== 'serverless.yml');
  await Promise.all(names.map((name) => symlink(join(root, name), join(view, name))));
  await copyFile(join(root, 'serverless.yml'), join(view, 'serverless.yml')); // it would not take a link for a file
  return view;
}

async function run(
  file: string,
  args: readonly string[],
  cwd: string,
  show: boolean,
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(file, args, {
    cwd,
    // Nobody is asked to log in, and nothing is told to anybody.
    env: { ...process.env, SLS_INTERACTIVE_SETUP_ENABLE: '', SLS_TELEMETRY_DISABLED: '1', NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  let output = '';
  child.stdout?.on('data', (text) => (output += text));
  child.stderr?.on('data', (text) => (output += text));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject);
  child.on('close', resolve);
  return { exitCode: await promise, output };
}
