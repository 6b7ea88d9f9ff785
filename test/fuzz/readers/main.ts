/**
 * Fuzzes the readers of untrusted files for a while:
 *
 *     node test/fuzz/readers/main.ts [--seconds 60] [--seed N] [--target model|onnx]
 *
 * A file that makes a reader throw what it must not is written to .dropforge/fuzz; put it into `regressions`, named
 * TARGET-what-it-did, and the tests run it from then on.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { type FuzzTargetName, fuzzTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
  },
});
const findings = fileURLToPath(new URL('../../../.dropforge/fuzz', import.meta.url));
const names = (Object.keys(fuzzTargets) as FuzzTargetName[]).filter((name) =>
  [name, undefined].includes(values.target as FuzzTargetName),
); // own keys
if (names.length === 0)
  throw new Error(`There is no target ${values.target}; known: ${Object.keys(fuzzTargets).join(', ')}.`);

for (const name of names) {
  const end = performance.now() + (1_000 * Number(values.seconds)) / names.length;
  const result = fuzz(fuzzTargets[name], Number(values.seed), () => performance.now() < end);
  const { runs, outcomes, slowestMs, slowest, finding } = result;
  console.log(
    `${name}: ${runs} files of seed ${values.seed}, ${outcomes} outcomes, slowest ${slowestMs.toFixed(0)} ms`,
  );
  const save = (kind: string, file: Uint8Array): string => {
    mkdirSync(findings, { recursive: true });
    const path = join(findings, `${name}-${kind}-${values.seed}`);
    writeFileSync(path, file);
    return path;
  };
  if (slowestMs > 2_000) console.log(`  the slowest is ${save('slow', slowest)}`);
  if (finding) {
    console.error(`  ${save('finding', finding.file)}:`, finding.error);
    process.exitCode = 1;
  }
}
