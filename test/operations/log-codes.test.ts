import { readFileSync } from 'node:fs';
import { metricDefinitions } from '@dropforge/handler-kit';
import { expect, it } from 'vitest';
import { sourceFiles } from '../architecture/source-files.ts';

const page = readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8');

/** The cells of a table's rows, below the heading of its section. */
function rows(heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

const writers = sourceFiles(/^(services|shared\/handler-kit)\/.*\.ts$/).filter(
  ({ path, text }) => !path.endsWith('.test.ts') && /\blogger\.\w+\(/.test(text),
);
const kinds = ['MOVED', 'REPEATED', 'LATE'];

it('every line of the log begins with its code', () => {
  const calls = writers.flatMap(({ path, text }) =>
    [...text.matchAll(/\blogger\.(?:debug|info|warn|error|critical)\(\s*([^\n]{1,80})/g)].map(([, first = '']) => ({
      path,
      first,
    })),
  );
  expect(calls.length).toBeGreaterThan(10);
  const strays = calls.filter(
    ({ first }) => !/^(['"`][A-Z][A-Z0-9_]+(\$\{kind\.toUpperCase\(\)\})?: |lines\[)/.test(first),
  );
  expect(strays).toEqual([]);
});

it('every code of the log is on its page, and no other', () => {
  const written = writers.flatMap(({ text }) =>
    [...text.matchAll(/['"`]([A-Z][A-Z0-9_]+)(\$\{kind\.toUpperCase\(\)\})?: /g)].flatMap(([, code = '', template]) =>
      template ? kinds.map((kind) => code + kind) : [code],
    ),
  );
  expect(
    rows('Codes')
      .map(([code]) => code)
      .toSorted(),
  ).toEqual([...new Set(written)].toSorted());
});

it('every metric is on its page as it is written, and no other', () => {
  const defined = Object.entries(metricDefinitions).map(([name, definition]) => [
    name,
    definition.unit,
    'dimension' in definition ? definition.dimension : '',
    definition.meaning,
  ]);
  expect(rows('Metrics')).toEqual(defined);
});
