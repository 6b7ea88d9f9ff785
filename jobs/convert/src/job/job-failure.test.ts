import { describe, expect, test } from 'vitest';
import { ConversionError } from '../frontend/conversion-error.ts';
import { classify, cutMessage, JobFailure, MESSAGE_BYTES } from './job-failure.ts';

describe('the exit message', () => {
  test('is cut at the border of a character', () => {
    for (const prefix of ['', 'a', 'ab', 'abc']) {
      const cut = cutMessage(prefix + '猫'.repeat(500));
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(MESSAGE_BYTES);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(MESSAGE_BYTES - 3);
      expect(cut).not.toContain('\u{fffd}');
    }
    expect(cutMessage('short')).toBe('short');
  });

  test('stays whole JSON however long the reason is', () => {
    const failure = new JobFailure('data', 'X', '"\n猫'.repeat(3000), '\u0001'.repeat(3000));
    expect(Buffer.byteLength(failure.toJson())).toBeLessThanOrEqual(MESSAGE_BYTES);
    expect(JSON.parse(failure.toJson())).toMatchObject({ cause: 'data', code: 'X' });
  });
});

describe('the cause of a failure', () => {
  test.each([
    [Object.assign(new Error('no space left'), { code: 'ENOSPC' }), 'disk'],
    [new RangeError('Array buffer allocation failed'), 'out-of-memory'],
    [new TypeError('x is undefined'), 'bug'],
    [new ConversionError('MALFORMED_ONNX', { what: 'a', action: 'b' }), 'data'],
  ])('of %s is %s', (error, cause) => {
    expect(classify(error).failure).toBe(cause);
  });
});
