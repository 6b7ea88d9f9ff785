import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readXml, writeXml } from './xml.ts';

describe('XML', () => {
  test('elements keep their order, arrays repeat and undefined is left out', () => {
    const document = writeXml('A', { B: [1, 2], C: undefined, D: { E: true } }, { namespace: false });
    expect(document).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<A><B>1</B><B>2</B><D><E>true</E></D></A>');
  });

  test('any text that XML can carry is read as it was written', () => {
    const pieces = [
      'a',
      '&',
      '<',
      '>',
      '"',
      "'",
      ' ',
      '\t',
      '\n',
      '\r',
      '\x01',
      '\x7f',
      '\u2028',
      ']]>',
      '&#x41;',
      '&amp;',
      'é',
      '猫',
      '😀',
    ];
    // White space alone is the one text that the reader drops.
    const text = fc.string({ unit: fc.constantFrom(...pieces), minLength: 1 }).filter((value) => value.trim() !== '');
    fc.assert(
      fc.property(text, (value) => {
        expect(readXml(writeXml('A', { B: value }), 'A').textOf('B')).toBe(value);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['text', 'no xml'],
    ['an open element', '<A><B>'],
    ['another root', '<B/>'],
    ['two roots', '<A/><B/>'],
    ['entities of its own', '<!DOCTYPE A [<!ENTITY b "bbbb">]><A>&b;</A>'],
    ['a name that is a property of every object', '<constructor/>'],
  ])('%s is MalformedXML', (_, document) => {
    expect(() => readXml(document, 'A')).toThrow(expect.objectContaining({ code: 'MalformedXML' }));
  });
});
