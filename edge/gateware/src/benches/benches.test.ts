import { beforeAll, describe, expect, it } from 'vitest';
import { hasTool, runTool } from '../run-tool.ts';
import { benchNames, buildBenches } from './build-benches.ts';

const canSimulate = hasTool('verilator');
const CYCLES = 20_000;
/** Fewest comparisons of a bench in that time: one that compares nothing cannot fail. */
const FEWEST_CHECKS = 200;

const results = new Map<string, { checks: number; failures: number }>();

describe.skipIf(!canSimulate)('alone, beside a model of it,', () => {
  beforeAll(() => {
    for (const line of runTool(buildBenches(), [`${CYCLES}`, '1'])
      .trim()
      .split('\n')) {
      const [name = '', checks, failures] = line.split(' ');
      results.set(name, { checks: Number(checks), failures: Number(failures) });
    }
  }, 900_000);

  it.each(benchNames())('%s does what its first line says', (name) => {
    expect(results.get(name)?.failures).toBe(0);
    expect(results.get(name)?.checks).toBeGreaterThan(FEWEST_CHECKS);
  });
});
