/** Runs the contract suites that our stand-ins keep against moto, or against a real account. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Result } from '../checks.ts';
import { knownDifferences } from '../known-differences.ts';
import { type Judgement, judge, type KnownDifference, Report } from './judge.ts';
import { startMoto } from './start-moto.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** One check for each suite; what moto does otherwise must be what we know of, no more and no less. */
export async function runOnMoto(python: string): Promise<Result[]> {
  const moto = await startMoto(python);
  try {
    return await runSuites({ MOTO_URL: moto.url }, knownDifferences);
  } finally {
    await moto.stop();
  }
}

/** The same against the account that the SDK finds; AWS is right by definition, so nothing may differ. */
export function runOnAws(environment: Readonly<Record<string, string>>): Promise<Result[]> {
  return runSuites(environment, []);
}

async function runSuites(
  environment: Readonly<Record<string, string>>,
  differences: readonly KnownDifference[],
): Promise<Result[]> {
  const directory = mkdtempSync(join(tmpdir(), 'dropforge-conformance-'));
  const report = join(directory, 'report.json');
  const config = join(root, 'test/conformance/vitest.config.ts');
  // Not in one synchronous call: moto's own output has to be read meanwhile. Broken sentences make Vitest fail; the report tells.
  const output = await promisify(execFile)(
    join(root, 'node_modules/.bin/vitest'),
    ['run', '--config', config, '--reporter=json', `--outputFile=${report}`],
    { cwd: root, env: { ...process.env, ...environment }, maxBuffer: 1 << 26 },
  ).catch((error: unknown) => error);
  try {
    const { testResults } = Report.parse(JSON.parse(readFileSync(report, 'utf8')));
    const judged = testResults.map((suite) => judge(suite, differences));
    const strays = differences.filter(({ suite }) => judged.every((one) => one.suite !== suite));
    return [...judged.map(toResult), ...strays.map(toStray)];
  } catch (error) {
    throw new Error(`Vitest wrote no report: ${JSON.stringify(output)}`, { cause: error });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A difference that belongs to no suite says nothing. */
function toStray({ suite, does }: KnownDifference): Result {
  return {
    name: suite,
    outcome: 'failed',
    detail: `known-differences.ts speaks of a suite that there is not: ${does}`,
  };
}

function toResult({ suite, held, known, skipped, unexpected, vanished }: Judgement): Result {
  const faults = [
    ...unexpected.map((sentence) => `not kept: ${sentence}`),
    ...vanished.map((sentence) => `no longer a difference, take it out of known-differences.ts: ${sentence}`),
  ];
  const counts = `${held} sentences kept, ${known} known differences${skipped > 0 ? `, ${skipped} not tried` : ''}`;
  const detail = [counts, ...faults].join('\n            ');
  if (faults.length > 0) return { name: suite, outcome: 'failed', detail };
  return { name: suite, outcome: held === 0 ? 'skipped' : 'passed', detail };
}
