/** Every bench, and what it found. */
import { runTool } from '../run-tool.ts';
import { buildBenches } from './build-benches.ts';

const CYCLES = 20_000;
/** Fewest comparisons of a bench in that time: one that compares nothing cannot fail. */
const FEWEST_CHECKS = 200;

export interface BenchResult {
  readonly module: string;
  readonly checks: number;
  readonly failures: number;
  readonly passed: boolean;
}

export function runBenches(): BenchResult[] {
  const lines = runTool(buildBenches(), [`${CYCLES}`, '1'])
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [module = '', ...numbers] = line.split(' ');
    const [checks = 0, failures = 0] = numbers.map(Number);
    return { module, checks, failures, passed: failures === 0 && checks >= FEWEST_CHECKS };
  });
}
