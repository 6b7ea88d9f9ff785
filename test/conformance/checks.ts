/** Checks in a row: each prints what it found and its time, the last line counts them. */

export interface Result {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** One line; for what failed, what it is about on as many lines as it takes. */
  readonly detail: string;
}

/** One piece of work that answers one or more checks. */
export interface Step {
  readonly name: string;
  run(): Promise<readonly Result[]>;
}

/** Runs all, whatever fails; true when nothing did. A step that throws is one failed check. */
export async function runSteps(steps: readonly Step[], print: (line: string) => void): Promise<boolean> {
  const results: Result[] = [];
  for (const step of steps) {
    const started = performance.now();
    const found = await resultsOf(step);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    print(`${step.name} (${seconds} s)`);
    for (const { outcome, name, detail } of found) print(`  ${outcome.padEnd(7)} ${name}: ${detail}`);
    results.push(...found);
  }
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
  print(`\n${count('passed')} checks passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  return count('failed') === 0;
}

async function resultsOf({ name, run }: Step): Promise<readonly Result[]> {
  try {
    return await run();
  } catch (error) {
    return [
      { name, outcome: 'failed', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    ];
  }
}
