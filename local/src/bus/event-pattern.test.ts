import { describe, expect, it } from 'vitest';
import { compileEventPattern } from './event-pattern.ts';

type Case = [name: string, pattern: unknown, event: unknown, matches: boolean];

const cases: Case[] = [
  ['an equal string', { s: ['a'] }, { s: 'a' }, true],
  ['another string', { s: ['a'] }, { s: 'b' }, false],
  ['an array that holds the value', { s: ['a'] }, { s: ['x', 'a'] }, true],
  ['null', { s: [null] }, { s: null }, true],
  ['null for a missing field', { s: [null] }, {}, false],
  ['the empty string', { s: [''] }, { s: '' }, true],
  ['null for the empty string', { s: [''] }, { s: null }, false],
  ['a number', { n: [3] }, { n: 3 }, true],
  ['a number written as text', { n: [3] }, { n: '3' }, false],
  ['a boolean', { n: [true] }, { n: true }, true],
  ['a field that every object inherits', { toString: [{ exists: true }] }, {}, false],
  ['prefix', { s: [{ prefix: 'in/' }] }, { s: 'in/x' }, true],
  ['prefix, other case', { s: [{ prefix: 'IN/' }] }, { s: 'in/x' }, false],
  ['prefix, case ignored', { s: [{ prefix: { 'equals-ignore-case': 'IN/' } }] }, { s: 'in/x' }, true],
  ['suffix', { s: [{ suffix: '.tar' }] }, { s: 'x.tar' }, true],
  ['suffix, case ignored', { s: [{ suffix: { 'equals-ignore-case': '.TAR' } }] }, { s: 'x.tar' }, true],
  ['equals-ignore-case', { s: [{ 'equals-ignore-case': 'ABC' }] }, { s: 'abc' }, true],
  ['anything-but another string', { s: [{ 'anything-but': 'a' }] }, { s: 'b' }, true],
  ['anything-but the string', { s: [{ 'anything-but': 'a' }] }, { s: 'a' }, false],
  ['anything-but a list with the string', { s: [{ 'anything-but': ['a', 'b'] }] }, { s: 'b' }, false],
  ['anything-but a list of other numbers', { n: [{ 'anything-but': [1, 2] }] }, { n: 3 }, true],
  ['anything-but on a value of another type', { n: [{ 'anything-but': [1, 2] }] }, { n: '1' }, true],
  ['anything-but on a missing field', { s: [{ 'anything-but': 'a' }] }, {}, false],
  ['anything-but a prefix, another', { s: [{ 'anything-but': { prefix: 'us-' } }] }, { s: 'eu-1' }, true],
  ['anything-but a prefix, that one', { s: [{ 'anything-but': { prefix: 'us-' } }] }, { s: 'us-1' }, false],
  ['anything-but listed prefixes', { s: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] }, { s: 'eu-1' }, false],
  ['anything-but a suffix', { s: [{ 'anything-but': { suffix: '.png' } }] }, { s: 'x.png' }, false],
  ['anything-but listed suffixes', { s: [{ 'anything-but': { suffix: ['.png', '.jpg'] } }] }, { s: 'x.txt' }, true],
  ['anything-but, case ignored', { s: [{ 'anything-but': { 'equals-ignore-case': 'INIT' } }] }, { s: 'init' }, false],
  [
    'anything-but a list, case ignored',
    { s: [{ 'anything-but': { 'equals-ignore-case': ['INIT', 'X'] } }] },
    { s: 'y' },
    true,
  ],
  ['anything-but a wildcard', { s: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { s: 'a/lib/b' }, false],
  [
    'anything-but listed wildcards',
    { s: [{ 'anything-but': { wildcard: ['*/lib/*', '*/bin/*'] } }] },
    { s: 'a/x/b' },
    true,
  ],
  ['numeric, upper bound included', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 5 }, true],
  ['numeric, lower bound excluded', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 0 }, false],
  ['numeric equality', { n: [{ numeric: ['=', 1.5] }] }, { n: 1.5 }, true],
  ['numeric on text', { n: [{ numeric: ['>', 0] }] }, { n: '5' }, false],
  ['cidr', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.9' }, true],
  ['cidr, outside', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.9' }, false],
  ['cidr on text', { ip: [{ cidr: '0.0.0.0/0' }] }, { ip: 'ten' }, false],
  ['cidr of IPv6', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8::1' }, true],
  ['exists true', { s: [{ exists: true }] }, { s: 'x' }, true],
  ['exists true above an object', { s: [{ exists: true }] }, { s: { t: 1 } }, false],
  ['exists false', { s: [{ exists: false }] }, {}, true],
  ['exists false for a field that is there', { s: [{ exists: false }] }, { s: 1 }, false],
  ['exists false below a missing parent', { d: { s: [{ exists: false }] } }, {}, true],
  ['exists false or a value', { s: [{ exists: false }, 'x'] }, { s: 'x' }, true],
  ['exists false, absent from one element only', { d: { k: [{ exists: false }] } }, { d: [{}, { k: 1 }] }, false],
  ['wildcard across slashes', { s: [{ wildcard: 'dir/*.png' }] }, { s: 'dir/a/b.png' }, true],
  ['wildcard, other ending', { s: [{ wildcard: 'dir/*.png' }] }, { s: 'dir/x.jpg' }, false],
  ['wildcard with an escaped star', { s: [{ wildcard: 'a\\*b' }] }, { s: 'a*b' }, true],
  ['wildcard without special characters', { s: [{ wildcard: 'a.b*' }] }, { s: 'aXb1' }, false],
  ['wildcard whose ends may not overlap', { s: [{ wildcard: 'aba*ba' }] }, { s: 'aba' }, false],
  ['wildcard with a middle that may not overlap', { s: [{ wildcard: 'a*bc*c' }] }, { s: 'abc' }, false],
  ['one of two operators', { s: [{ prefix: 'a' }, { suffix: 'z' }] }, { s: 'bz' }, true],
  ['$or', { $or: [{ s: ['a'] }, { n: [{ numeric: ['>', 3] }] }] }, { s: 'b', n: 4 }, true],
  ['$or, neither', { $or: [{ s: ['a'] }, { n: [{ numeric: ['>', 3] }] }] }, { s: 'b', n: 1 }, false],
  ['$or below a field', { d: { $or: [{ s: ['a'] }, { t: [{ prefix: 'q' }] }] } }, { d: { t: 'qq' } }, true],
  ['$or beside a field that fails', { x: [1], $or: [{ s: ['a'] }, { t: ['b'] }] }, { x: 2, s: 'a' }, false],
  ['$or as the name of a field', { $or: { s: ['a'] } }, { $or: { s: 'a' } }, true],
  ['an array of objects', { d: { tags: { k: ['v'] } } }, { d: { tags: [{ k: 'n' }, { k: 'v' }] } }, true],
  [
    'two fields of different elements',
    { d: { tags: { k: ['a'], v: ['1'] } } },
    {
      d: {
        tags: [
          { k: 'a', v: '2' },
          { k: 'b', v: '1' },
        ],
      },
    },
    false,
  ],
  ['two fields, one different', { d: { a: ['1'], b: ['2'] } }, { d: { a: '1', b: '3' } }, false],
  ['a missing parent', { d: { a: ['1'] } }, {}, false],
];

describe('an event pattern', () => {
  it.each(cases)('decides on %s', (_name, pattern, event, matches) => {
    expect(compileEventPattern(pattern)(event)).toBe(matches);
  });

  const refused: [pattern: unknown, reason: RegExp][] = [
    ['x', /JSON object/],
    [{}, /empty object/],
    [{ d: {} }, /at d: an empty object/],
    [{ s: 'a' }, /at s: a value must stand in an array/],
    [{ s: [] }, /empty array/],
    [{ s: [{ bogus: 1 }] }, /unknown operator "bogus"/],
    [{ s: [{ prefix: 'a', suffix: 'b' }] }, /exactly one key/],
    [{ s: [['a']] }, /exactly one key/],
    [{ s: [{ prefix: 3 }] }, /exactly one key/],
    [{ s: [{ numeric: ['>', 'x'] }] }, /between -5e9 and 5e9/],
    [{ s: [{ numeric: ['~', 1] }] }, /knows =/],
    [{ s: [{ numeric: ['>', 5, '<', 1] }] }, /low < high/],
    [{ s: [{ cidr: '10.0.0.0/33' }] }, /not a range/],
    [{ s: [{ exists: 'yes' }] }, /true or false/],
    [{ s: [{ wildcard: 'a**' }] }, /two wildcards/],
    [{ s: [{ wildcard: 'a\\b' }] }, /backslash/],
    [{ s: [{ 'anything-but': ['a', 1] }] }, /mixture/],
    [{ s: [{ 'anything-but': [] }] }, /empty list/],
    [{ s: [{ 'anything-but': { numeric: ['>', 1] } }] }, /cannot contain "numeric"/],
    [{ s: [{ 'anything-but': { prefix: '' } }] }, /must not be empty/],
  ];
  it.each(refused)('is refused: %j', (pattern, reason) => {
    expect(() => compileEventPattern(pattern)).toThrow(reason);
  });
});
