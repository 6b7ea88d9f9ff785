import { describe, expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';

const codes = (text: string) => readYaml(text).faults.map(({ code }) => code);

describe('readYaml', () => {
  it('gives plain data and the place of every value and key', () => {
    const { data, positions, faults } = readYaml('a: 1\nb:\n  - x\n  - {c: true}\n');
    expect(faults).toEqual([]);
    expect(JSON.parse(JSON.stringify(data))).toEqual({ a: 1, b: ['x', { c: true }] });
    expect(positions.values.get('["b",1,"c"]')).toEqual({ line: 4, column: 9 });
    expect(positions.keys.get('["b",1,"c"]')).toEqual({ line: 4, column: 6 });
  });

  it('reads words as text where YAML 1.1 read booleans, also behind a directive', () => {
    expect(JSON.stringify(readYaml('%YAML 1.1\n---\na: yes\n').data)).toBe('{"a":"yes"}');
  });

  it('unfolds an alias, and keeps it small', () => {
    expect(JSON.stringify(readYaml('a: &x [1, 2]\nb: *x').data)).toBe('{"a":[1,2],"b":[1,2]}');
  });

  it.each([
    ['a tag that could name code', 'a: !!js/function "x"', 'YAML_TAG_REFUSED'],
    ['a binary tag', 'a: !!binary aGk=', 'YAML_TAG_REFUSED'],
    ['a second document', 'a: 1\n---\nb: 2', 'YAML_SYNTAX'],
    ['a tab as indentation', 'a:\n\tb: 1', 'YAML_SYNTAX'],
    ['an unknown anchor', 'a: *x', 'YAML_SYNTAX'],
    ['a key that is no text', '? [a]\n: 1', 'YAML_SYNTAX'],
    ['an open bracket', 'a: [1', 'YAML_SYNTAX'],
    ['a key given twice', 'a: 1\nb: 2\na: 3', 'YAML_DUPLICATE_KEY'],
    ['a text beyond 64 KiB', `a: ${'x'.repeat(65_536)}`, 'RECIPE_TOO_LARGE'],
    ['an anchor inside itself', 'a: &a [*a]', 'YAML_TOO_DEEP'],
  ])('refuses %s', (_what, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  it('refuses an alias bomb before it unfolds', () => {
    const names = [...'abcdefghijklmnopqrst'];
    const lines = names.map((name, i) => `${name}: &${name} [${Array(9).fill(i === 0 ? 'x' : `*${names[i - 1]}`)}]`);
    const started = performance.now();
    expect(codes(lines.join('\n'))).toEqual(['YAML_TOO_DEEP']);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each([
    ['sequences in a line', '- '.repeat(30_000)],
    ['sequences with tabs', '-\t'.repeat(30_000)],
    ['explicit keys', '? '.repeat(30_000)],
    ['lists', '['.repeat(60_000)],
    ['lists over lines', '[\n'.repeat(30_000)],
    ['mappings', '{a: '.repeat(15_000)],
    ['indentation', Array.from({ length: 340 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['anchors', '- &a '.repeat(12_000)],
    ['closings before openings', `${']'.repeat(30_000)}${'['.repeat(30_000)}`],
    ['sequences in lines', Array.from({ length: 50 }, (_, i) => `${' '.repeat(i)}${'- '.repeat(49)}`).join('\n')],
  ])('survives nesting by %s', (_what, text) => {
    expect(codes(text).length).toBeGreaterThan(0);
  });
});
