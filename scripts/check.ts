/** `npm run check`: everything that can be said without running the product, each tool with its time. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name: string) => join(root, 'node_modules/.bin', name);

const steps: readonly [string, string, string[]][] = [
  ['Biome', bin('biome'), ['check', '.']],
  ['TypeScript', bin('tsc'), []],
  ['structure', bin('vitest'), ['run', 'test/architecture', '--reporter=dot']],
  ['ruff', 'ruff', ['check', 'jobs/train', 'jobs/convert', 'edge/gateware']],
  [
    'ShellCheck',
    'shellcheck',
    [
      ...['.ci/run', 'jobs/drop-privileges', 'jobs/convert/fetch-decoders'],
      ...['edge/gateware/board/build-bitstream', 'edge/gateware/board/component/load-bitstream'],
    ],
  ],
];

const failed = steps.filter((step) => !succeeds(...step)).map(([name]) => name);
if (failed.length > 0) console.error(`\n${failed.join(', ')} found something.`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** A tool that is not on this machine is skipped and says so: ruff comes from PyPI alone. */
function succeeds(name: string, command: string, args: string[]): boolean {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error && 'code' in error && error.code === 'ENOENT') {
    console.log(`– ${name}: skipped, there is no ${command} on this machine`);
    return true;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
  return status === 0;
}
