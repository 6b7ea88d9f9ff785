/** What fuzzing has found and what was thought of, once more, under AddressSanitizer and UndefinedBehaviorSanitizer. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';
import { buildFuzzTarget, corpusOf, fuzzTargetNames } from './testing/fuzz-targets.ts';

describe('the fuzz corpus', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dropforge-fuzz-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each(fuzzTargetNames)('of the target %s passes without a fault that a sanitizer sees', async (name) => {
    const program = join(directory, name);
    expect(await buildFuzzTarget(name, program, false)).toMatchObject({ kind: 'success' });
    const files = (await readdir(corpusOf(name))).map((file) => join(corpusOf(name), file));
    expect(files.length).toBeGreaterThan(5);
    const outcome = await runProgram(program, files, { timeoutSeconds: 100 });
    expect(outcome).toEqual({ kind: 'success', stdout: `${files.length} inputs\n` });
  });

  it('stays small', async () => {
    const folders = fuzzTargetNames.map(async (name) =>
      Promise.all((await readdir(corpusOf(name))).map(async (file) => (await stat(join(corpusOf(name), file))).size)),
    );
    const sizes = (await Promise.all(folders)).flat();
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(128 * 1024);
  });
});
