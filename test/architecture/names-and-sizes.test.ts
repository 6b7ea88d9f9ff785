import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

const typescript = sourceFiles(/\.ts$/);

describe('names', () => {
  it('of TypeScript files and folders are kebab-case, or an event name', () => {
    const strays = typescript.filter(({ path }) => !/^\.?[a-z0-9-]+(\/[a-z0-9-]+)*(\.[a-z0-9-]+)*\.ts$/.test(path));
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  it('of Python files are snake_case', () => {
    const strays = sourceFiles(/\.py$/).filter(({ path }) => !/\/(__\w+__|[a-z0-9_]+)\.py$/.test(path));
    expect(strays.map(({ path }) => path)).toEqual([]);
  });

  it("of C symbols start with df_, but for Blueoil's interface", () => {
    const sources = sourceFiles(/^jobs\/convert\/runtime\/(src|include|fpga)\/.*\.[ch]$/);
    const externals = sources.flatMap(({ path, text }) =>
      [
        ...text.matchAll(
          /^(?!static|typedef|#|\s|\/|\*|}|extern|struct|enum|union)[a-z_0-9 *]+?\b(\w+)\([^;{]*\)\s*[;{]/gm,
        ),
      ].map(([, name]) => `${path}: ${name}`),
    );
    expect(externals.filter((line) => !/: (df_\w+|main|_start)$|df_dlk\.[ch]: network_\w+$/.test(line))).toEqual([]);
  });
});

describe('sizes', () => {
  it.each([[/\.ts$/], [/\.py$/], [/\.[ch]$/]])('no file of %s is longer than 300 lines', (pattern) => {
    const long = sourceFiles(pattern).filter(({ text }) => text.split('\n').length > 301);
    expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length}`)).toEqual([]);
  });
});

describe('texts', () => {
  it('hold no path of one machine and no merge marks', () => {
    const texts = sourceFiles(/\.(ts|mjs|py|c|h|md|yml|yaml|json|sh)$/).filter(
      ({ path }) => !path.includes('package-lock'),
    );
    const strays = texts.filter(
      ({ path, text }) =>
        path !== 'test/architecture/names-and-sizes.test.ts' &&
        /\/home\/\w|(?<![\w/])\/work\/|^<{7} |^>{7} /m.test(text),
    );
    expect(strays.map(({ path }) => path)).toEqual([]);
  });
});
