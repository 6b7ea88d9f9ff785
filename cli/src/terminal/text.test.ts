import { expect, it } from 'vitest';
import { jsonText, sanitize } from './text.ts';

const hostile = { 'cat\u202e': 'a\u009b2J\u001b[31m\u2028b\ufeff', plain: ['ü', '猫', '\n'] };

it('JSON for a script is harmless on a terminal and still the same value', () => {
  for (const indent of [undefined, 2]) {
    const text = jsonText(hostile, indent);
    expect(sanitize(text)).toBe(text);
    expect(JSON.parse(text)).toEqual(hostile);
  }
});
