/** `npm run gateware -- bench`: every module alone, beside a model of it. */
import { runBenches } from './benches/run-benches.ts';
import type { Report } from './report.ts';

export function bench(): Report {
  const results = runBenches();
  for (const { module, checks, failures, passed } of results) {
    console.log(`${passed ? '✓' : '✗'} ${module}: ${checks} comparisons, ${failures} failures`);
  }
  return { json: results, failed: results.some(({ passed }) => !passed) };
}
