/** The virtual environment of the conformance checks: made once, and again when its requirements change. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `bin` holds its programs; without one, `reason` says why there is none. */
export type VirtualEnvironment = { readonly bin: string } | { readonly bin: undefined; readonly reason: string };

/** The one that set-up installs venv for, whatever other Python comes first on the path. */
const DEBIAN_PYTHON = '/usr/bin/python3';
/** What pip prints when the network is at fault, not the requirements. */
const UNREACHABLE = /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Temporary failure|unreachable/i;

export interface EnvironmentOptions {
  /** Over Debian's own packages, installing what the file names and nothing that it needs: PyTorch is Debian's. */
  readonly overDebian?: boolean;
}

/**
 * Installs the requirements file into `directory`, unless the very same is installed there.
 * @throws Error when pip refuses the requirements themselves.
 */
export function virtualEnvironment(
  directory: string,
  requirements: string,
  { overDebian = false }: EnvironmentOptions = {},
): VirtualEnvironment {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const mark = join(directory, 'requirements-digest');
  const bin = join(directory, 'bin');
  if (readIfThere(mark) === digest) return { bin };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const python = process.env.DROPFORGE_PYTHON ?? (existsSync(DEBIAN_PYTHON) ? DEBIAN_PYTHON : 'python3');
  const made = run(python, ['-m', 'venv', directory, ...(overDebian ? ['--system-site-packages'] : [])]);
  if (made.status !== 0)
    throw new Error(`${python} -m venv failed; Debian's package python3-venv has it.\n${made.text}`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--retries', '2'];
  const installed = run(join(bin, 'python'), [
    ...pip,
    '--requirement',
    requirements,
    ...(overDebian ? ['--no-deps'] : []),
  ]);
  if (installed.status === 0) {
    writeFileSync(mark, digest);
    return { bin };
  }
  rmSync(directory, { recursive: true, force: true });
  if (UNREACHABLE.test(installed.text)) return { bin: undefined, reason: 'PyPI cannot be reached from here' };
  throw new Error(`pip cannot install ${requirements}:\n${installed.text}`);
}

function run(command: string, args: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, text: `${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`.trim() };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // never made, or not to its end
  }
}
