import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { type FuzzTargetName, fuzzTargets } from './targets.ts';

const regressions = fileURLToPath(new URL('regressions', import.meta.url));

/** The short form of `node test/fuzz/readers/main.ts`. */
const runs: Record<FuzzTargetName, number> = { model: 1_500, onnx: 300 };

describe.each(Object.keys(fuzzTargets) as FuzzTargetName[])('the reader of %s files', (name) => {
  it('answers mutated files with an error of its own or with something that runs', () => {
    const { finding, outcomes } = fuzz(fuzzTargets[name], 7, (done) => done < runs[name]);
    expect(finding?.error).toBeUndefined();
    expect(outcomes).toBeGreaterThan(40);
  });

  it.each(readdirSync(regressions).filter((file) => file.startsWith(`${name}-`)))('answers %s', (file) => {
    expect(fuzzTargets[name].run(readFileSync(`${regressions}/${file}`))).toMatch(/\S/);
  });

  it('is told of a reader that breaks', () => {
    const target = { ...fuzzTargets[name], run: (file: Uint8Array) => String(file[file.length] ?? file.length % 3) };
    const breaking = (file: Uint8Array): string => {
      if (file.length % 7 === 3) throw new RangeError('broken');
      return target.run(file);
    };
    const seeds = () => target.seeds().filter((file) => file.length % 7 !== 3);
    const { finding } = fuzz({ ...target, seeds, run: breaking }, 1, (done) => done < 1_000);
    expect(finding?.error).toBeInstanceOf(RangeError);
  });
});
