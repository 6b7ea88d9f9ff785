/** `npm test`: every suite, whatever its language, and one line that counts them all. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'dropforge-tests-'));

const counts = [runVitest(process.argv.slice(2)), runPytest()];
rmSync(reports, { recursive: true });
const sum = (field: keyof Count) => counts.reduce((total, count) => total + count[field], 0);
const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

/** TypeScript, and C through the programs that the tests compile. */
function runVitest(filters: string[]): Count {
  const report = join(reports, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters];
  const { status } = spawnSync(join(root, 'node_modules/.bin/vitest'), args, { cwd: root, stdio: 'inherit' });
  const Report = z.object({
    numPassedTests: z.int(),
    numFailedTests: z.int(),
    numPendingTests: z.int(),
    numTodoTests: z.int(),
  });
  const {
    numPassedTests: passed,
    numFailedTests,
    numPendingTests,
  } = Report.parse(JSON.parse(readFileSync(report, 'utf8')));
  // A file that does not load, or an error outside any test, fails the run without failing a test.
  return { passed, failed: Math.max(numFailedTests, status === 0 ? 0 : 1), skipped: numPendingTests };
}

function runPytest(): Count {
  const report = join(reports, 'pytest.xml');
  const python = process.env.DROPFORGE_PYTHON ?? '/usr/bin/python3';
  const { status } = spawnSync(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${report}`], {
    cwd: join(root, 'jobs/train'),
    stdio: 'inherit',
  });
  const suite = /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '';
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const bad = number('failures') + number('errors');
  const skipped = number('skipped');
  return { passed: number('tests') - bad - skipped, failed: Math.max(bad, status === 0 ? 0 : 1), skipped };
}
