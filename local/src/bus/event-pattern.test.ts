import { describe, expect, it } from 'vitest';
import { compileEventPattern } from './event-pattern.ts';

/** What patterns decide is in EventBridge's contract; this is how they are refused, which is in our own words. */
describe('an event pattern', () => {
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
