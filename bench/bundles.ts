/** How large each function's zip is, and how long a fresh process needs to load it: what a cold start adds to Lambda's own. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { packageService } from '../scripts/deploy/run-framework.ts';
import { median } from './median.ts';

export interface BundleMeasurement {
  readonly name: string;
  readonly zipBytes: number;
  /** Of the module, minified. */
  readonly moduleBytes: number;
  /** Loading the module in a fresh process, milliseconds; median of the runs. */
  readonly initMilliseconds: number;
  /** Processor time of the same, median; hardly changes when the machine is busy. */
  readonly processorMilliseconds: number;
}

/** What a cold start may add, milliseconds. */
const mostMilliseconds = 250;
const root = fileURLToPath(new URL('..', import.meta.url));

/** `bundles [--runs N] [--json FILE]` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { runs: { type: 'string', default: '7' }, json: { type: 'string' } },
  });
  const folder = await mkdtemp(join(tmpdir(), 'dropforge-bench-'));
  try {
    await packageService({ root, stage: 'dev' }, join(folder, 'package'));
    const functions = join(folder, 'package/functions');
    // The library in the zip is Lambda's; this machine loads its own.
    await symlink(join(root, 'node_modules'), join(functions, 'node_modules'));
    const measurements = await measure(functions, Number(values.runs));
    print(measurements);
    if (values.json) await writeFile(values.json, `${JSON.stringify(report(measurements), null, 2)}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(functions: string, runs: number): Promise<BundleMeasurement[]> {
  const names = (await readdir(functions)).filter((name) => name.endsWith('.zip')).map((name) => name.slice(0, -4));
  const times = new Map(names.map((name) => [name, [] as Times[]]));
  // Round by round, so that a busy minute of the machine meets every function.
  for (let round = 0; round < runs; round++) {
    for (const name of names) times.get(name)?.push(await loadOnce(join(functions, name, 'index.mjs')));
  }
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      zipBytes: (await stat(join(functions, `${name}.zip`))).size,
      moduleBytes: (await stat(join(functions, name, 'index.mjs'))).size,
      initMilliseconds: median((times.get(name) ?? []).map(({ wall }) => wall)),
      processorMilliseconds: median((times.get(name) ?? []).map(({ processor }) => processor)),
    })),
  );
}

/** Milliseconds. */
interface Times {
  readonly wall: number;
  readonly processor: number;
}

/** By the process's own clocks and with the variables that a function has. */
async function loadOnce(module: string): Promise<Times> {
  const program = `const start = performance.now(); const used = process.cpuUsage();
    await import(${JSON.stringify(module)});
    const { user, system } = process.cpuUsage(used);
    console.log(JSON.stringify({ wall: performance.now() - start, processor: (user + system) / 1000 }));`;
  const variables = { ...environment, PATH: process.env.PATH };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: variables,
  }).catch(({ stderr }: { stderr: string }) => {
    const reason = stderr.split('\n').find((line) => /^\w*Error\b/.test(line));
    throw new Error(`${module} does not load: ${reason ?? stderr.slice(-500)}`);
  });
  return JSON.parse(stdout);
}

/** As serverless.yml gives them; nothing is asked of AWS while a module loads. */
const environment = {
  NODE_OPTIONS: '--enable-source-maps',
  AWS_REGION: 'us-east-1',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  POWERTOOLS_SERVICE_NAME: 'dropforge',
  POWERTOOLS_TRACE_ENABLED: 'false',
};

function report(functions: readonly BundleMeasurement[]) {
  return { node: process.version, architecture: process.arch, load: loadavg()[0], functions };
}

function print(measurements: readonly BundleMeasurement[]): void {
  console.log(
    `${'function'.padEnd(36)} ${'zip'.padStart(9)} ${'module'.padStart(9)} ${'init'.padStart(8)} ${'processor'.padStart(10)}`,
  );
  for (const { name, zipBytes, moduleBytes, initMilliseconds, processorMilliseconds } of measurements) {
    // On a busy machine a process mostly waits for its turn, which no cold start does.
    const slow =
      Math.min(initMilliseconds, processorMilliseconds) > mostMilliseconds ? `  over ${mostMilliseconds} ms` : '';
    const columns = [kilobytes(zipBytes), kilobytes(moduleBytes)].map((text) => text.padStart(9));
    const times = [initMilliseconds, processorMilliseconds].map((time) => `${time.toFixed(0)} ms`);
    console.log([name.padEnd(36), ...columns, times[0]?.padStart(8), times[1]?.padStart(10)].join(' ') + slow);
  }
  console.log(
    `Node ${process.version} on ${process.arch}; load of the machine ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}`,
  );
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000).toLocaleString('en')} kB`;
}
