/** docs/qonnx.md says what converts; here it is held against the code that converts. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OnnxNode } from '../frontend/graph.ts';
import { evaluators } from '../frontend/operators/evaluators.ts';
import { roundings } from '../frontend/operators/rounding.ts';
import { plainMeaning } from './activation.ts';
import type { Step } from './rule.ts';
import { rules } from './rules.ts';
import { ADVICE } from './unsupported.ts';

const page = readFileSync(new URL('../../../../docs/qonnx.md', import.meta.url), 'utf8');

/** ONNX's own operators (opset 17, onnx.defs of onnx 1.12) and the quantizers'. */
const knownOperators = readFileSync(new URL('testing/onnx-operators.txt', import.meta.url), 'utf8')
  .trim()
  .split(/\s+/);

function section(title: string): string {
  const [, rest = ''] = page.split(`\n## ${title}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** The names in code in the first column of the section's table. */
function firstColumn(title: string): string[] {
  const rows = section(title)
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => codeIn(row.split('|')[1] ?? ''));
}

function codeIn(text: string): string[] {
  return Array.from(text.matchAll(/`(\w+)`/g), ([, name = '']) => name);
}

function stepOf(operator: string): Step {
  const node: OnnxNode = { name: 'n', operator, domain: '', inputs: ['x'], outputs: ['y'], attributes: new Map() };
  const memory = { height: 1, width: 1, channels: 1 };
  const activation = { shape: [1, 1, 1, 1], places: new Int32Array(1), memory, meaning: plainMeaning(1, 1, 0) };
  const integers = { kind: 'levels', maximum: 1 } as const;
  return { node, operator, activation: { ...activation, integers }, position: 0, isLast: true, constants: [] };
}

const short = (operator: string): string => operator.replace('quantizer.', '');
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

describe('docs/qonnx.md', () => {
  test('lists exactly the operators that a rule understands', () => {
    const understood = knownOperators.filter((operator) => rules.some((rule) => rule.matches(stepOf(operator))));
    // Shape of an activation is answered before the rules are asked.
    expect(sorted(firstColumn("Operators of the image's path"))).toEqual(sorted([...understood.map(short), 'Shape']));
  });

  test('lists exactly the operators that are computed from constants', () => {
    const [, sentence = ''] = page.split('Everything computed from constants is computed at conversion:');
    expect(codeIn(sentence.split('. So')[0] ?? '')).toEqual(sorted(Array.from(evaluators.keys(), short)));
  });

  test('gives the advice of the refusals', () => {
    const rows = Array.from(section('What is refused').matchAll(/^\| `(\w+)` \| (.+) \|$/gm), ([, name, text]) => [
      name,
      text,
    ]);
    expect(rows).toEqual(Array.from(ADVICE, ([operator, advice]) => [short(operator), advice]));
    const understood = (operator: string): boolean =>
      rules.some((rule) => rule.matches({ ...stepOf(operator), isLast: false }));
    expect(Array.from(ADVICE.keys()).filter(understood)).toEqual([]);
  });

  test('names every rounding mode', () => {
    for (const mode of roundings.keys()) expect(page).toContain(`\`${mode}\``);
  });
});
