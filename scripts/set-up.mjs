/** Installs what a verb needs and the machine lacks. On Debian and Ubuntu by apt, asking nothing; elsewhere it says what to do. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's packages by purpose. */
const packages = {
  jobs: [
    'python3-torch',
    'python3-onnx',
    'python3-pil',
    'clang',
    'lld',
    'gcc-arm-linux-gnueabihf',
    'gcc-aarch64-linux-gnu',
    'libc6-dev-armhf-cross',
    'libc6-dev-arm64-cross',
    'qemu-user',
    // The simulated engine, for the target fpga.
    ...['verilator', 'g++', 'make'],
    // Signs the decoders that jobs/convert/fetch-decoders fetches; Ubuntu does not come with it.
    'debian-archive-keyring',
  ],
  // A part of the above: what compiles the WebAssembly kernels.
  kernels: ['clang', 'lld'],
  demo: ['dataset-fashion-mnist'],
  test: ['python3-pytest', 'python3-boto3', 'default-jre-headless', 'dataset-fashion-mnist', 'ansible-core'],
  check: ['shellcheck'],
  conformance: ['python3-venv'],
  fuzz: ['libclang-rt-14-dev'],
  gateware: ['verilator', 'yosys', 'z3', 'g++', 'make', 'device-tree-compiler'],
  bitstream: ['gcc-arm-linux-gnueabihf', 'libc6-dev-armhf-cross', 'device-tree-compiler'],
};

/** Programs that the same purposes need where there is no apt. */
const programs = {
  jobs: ['python3', 'clang', 'ld.lld', 'qemu-arm', 'qemu-aarch64'],
  kernels: ['clang', 'ld.lld'],
  demo: [],
  test: ['java'],
  check: ['shellcheck'],
  conformance: ['python3'],
  fuzz: ['clang'],
  gateware: ['verilator', 'yosys', 'z3', 'g++', 'make', 'dtc'],
  bitstream: ['arm-linux-gnueabihf-gcc', 'dtc'],
};

/** Returns variables for the programs that follow. Ends the process when something has to be done by hand. */
export function setUp(root, needs) {
  installNodeModules(root);
  if (needs.length === 0) return {};
  if (has('apt-get')) {
    const variables = installDebianPackages(needs);
    if (needs.includes('jobs')) fetchDecoders(root);
    return variables;
  }
  return installElsewhere(root, needs);
}

/** `npm ci` when the lock file is not the one that was installed. */
function installNodeModules(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = join(root, 'node_modules/.dropforge-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  say('Installing the npm packages (npm ci)…');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
  writeFileSync(mark, lock);
}

function installDebianPackages(needs) {
  const missing = needs.flatMap((need) => packages[need]).filter((name) => !isInstalled(name) && !isProvided(name));
  if (missing.length === 0) return {};
  const command = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...missing];
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) {
    stop(
      `These packages are missing, and installing them needs root. Run this, then try again:\n  sudo ${command.join(' ')}`,
    );
  }
  say(`Installing from apt: ${missing.join(' ')}…`);
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, quiet: true };
  // An old list of packages is the usual reason why a first try fails; a current one need not be fetched again.
  if (tryRun([...sudo, ...command], quiet)) return {};
  run(...split([...sudo, 'apt-get', 'update', '-q']), quiet);
  run(...split([...sudo, ...command]), quiet);
  return {};
}

/** Libraries for other architectures, which this machine does not install. */
function fetchDecoders(root) {
  const decoders = join(root, 'jobs/convert/.build/decoders');
  if (existsSync(decoders)) return;
  say("Fetching Debian's image decoders for the devices' architectures…");
  run(join(root, 'jobs/convert/fetch-decoders'), [decoders], {});
}

/** Without apt: the compilers by hand, torch from PyPI into a virtual environment of the project's own. */
function installElsewhere(root, needs) {
  const missing = needs.flatMap((need) => programs[need]).filter((name) => !has(name));
  if (missing.length > 0) {
    stop(
      `This machine has no apt. Install these with its own package manager, then try again: ${missing.join(', ')}.\nThe ARM targets also need the C libraries of arm-linux-gnueabihf and aarch64-linux-gnu, and the programs for devices what jobs/convert/fetch-decoders fetches from Debian.`,
    );
  }
  if (!needs.includes('jobs')) return {};
  const venv = join(root, '.dropforge/python');
  const python = join(venv, 'bin/python3');
  if (!existsSync(python)) {
    say('Installing torch, onnx and Pillow from PyPI…');
    mkdirSync(join(root, '.dropforge'), { recursive: true });
    run('python3', ['-m', 'venv', venv], {});
    run(python, ['-m', 'pip', 'install', '--quiet', 'torch', 'onnx', 'pillow', 'numpy', 'pytest'], {});
  }
  return { DROPFORGE_PYTHON: python };
}

function isInstalled(name) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholder
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '--showformat', '${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return status === 0 && stdout === 'installed';
}

/** Any Java will do, whatever package it came from. */
function isProvided(name) {
  return name === 'default-jre-headless' && has('java');
}

function has(program) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

function tryRun(command, options) {
  return spawn(...split(command), options).status === 0;
}

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawn(command, args, options);
  if (status === 0) return;
  stop(`${command} ${args.join(' ')}\nfailed: ${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
}

function spawn(command, args, { quiet = false, ...options }) {
  return spawnSync(command, args, {
    ...options,
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

function split([command, ...args]) {
  return [command, args];
}

function say(line) {
  console.error(line);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
