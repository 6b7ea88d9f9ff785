import { describe, expect, it } from 'vitest';
import { runSteps, type Step } from './checks.ts';

const step = (name: string, outcome: 'passed' | 'failed' | 'skipped'): Step => ({
  name,
  run: async () => [{ name: `${name} it`, outcome, detail: 'because' }],
});

async function linesOf(steps: Step[]) {
  const lines: string[] = [];
  const good = await runSteps(steps, (line) => lines.push(line));
  return { good, lines };
}

describe('the checks', () => {
  it('are named with their time and counted in the last line; what was skipped is no failure', async () => {
    const { good, lines } = await linesOf([step('one', 'passed'), step('two', 'skipped')]);
    expect(good).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/^one \(\d+\.\d s\)$/),
      '  passed  one it: because',
      expect.stringMatching(/^two/),
      '  skipped two it: because',
      '\n1 checks passed, 0 failed, 1 skipped',
    ]);
  });

  it('go on after one that throws, which has failed', async () => {
    const broken: Step = { name: 'broken', run: () => Promise.reject(new Error('no program')) };
    const { good, lines } = await linesOf([broken, step('after', 'passed')]);
    expect(good).toBe(false);
    expect(lines.join('\n')).toContain('no program');
    expect(lines.at(-1)).toBe('\n1 checks passed, 1 failed, 0 skipped');
  });
});
