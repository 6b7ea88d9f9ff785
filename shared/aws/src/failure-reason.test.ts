import { describe, expect, it } from 'vitest';
import { isJobFailure, readFailureReason } from './failure-reason.ts';

const jobName = 'df-train-run-mzxw6ytboi2gk3tdmfza-t1';
const read = (text: string | undefined) => readFailureReason(text, jobName);
const ours = JSON.stringify({
  cause: 'out-of-memory',
  message: 'The trainer asked for 9 GB.',
  action: 'Use a smaller batchSize.',
});

describe('what a job of ours wrote', () => {
  it('is told in its own words, wherever SageMaker puts it', () => {
    const reason = {
      code: 'OUT_OF_MEMORY',
      message: 'The trainer asked for 9 GB.',
      action: 'Use a smaller batchSize.',
      where: jobName,
    };
    for (const text of [
      ours,
      `AlgorithmError: ${ours}`,
      `AlgorithmError: ${ours}, exit code: 1`,
      `AlgorithmError: ${ours}\nTraceback: {"x": 1}, exit code: 1`,
    ])
      expect(read(text)).toEqual(reason);
    expect(read('AlgorithmError: see {"log": "x"}: {"cause": "data", "message": "No class."}')).toMatchObject({
      code: 'DATA',
      message: 'No class.',
    });
  });

  it('is known by its code, if it has one, else by its cause', () => {
    expect(read('{"cause":"data","code":"UNKNOWN_OPERATOR","message":"Node 3."}').code).toBe('UNKNOWN_OPERATOR');
    expect(read('{"cause":"12 ölfässer!","message":"x"}').code).toBe('LF_SSER');
    expect(read('{"cause":"123","message":"x"}').code).toBe('JOB_FAILED');
  });

  it('survives every cut through it', () => {
    const whole = JSON.stringify({ cause: 'data', message: 'Die Klasse "Ünïcode 猫" ist leer.', action: 'Fülle sie.' });
    const escaped = whole.replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    for (const text of [whole, escaped]) {
      for (let length = 0; length < text.length; length++) {
        const reason = read(`AlgorithmError: ${text.slice(0, length)}`);
        expect(reason.message, String(length)).not.toBe('');
        if (text.slice(0, length).includes('Die Klasse')) {
          expect(reason.code).toBe('DATA');
          expect('Die Klasse "Ünïcode 猫" ist leer.'.startsWith(reason.message.replace(/…$/, ''))).toBe(true);
        }
      }
    }
  });

  it('survives a cut inside a character, at 1024 bytes', () => {
    const text = `AlgorithmError: {"cause":"data","message":"a${'猫'.repeat(400)}"}`;
    const cut = Buffer.from(text).subarray(0, 1024).toString('utf8');
    expect(cut).toContain('\uFFFD');
    const { code, message } = read(cut);
    expect(code).toBe('DATA');
    expect(message).toMatch(/^a猫+…$/);
  });

  it('never breaks the reader, however odd it is', () => {
    for (const text of [
      '{"cause":"data","message":"\\uZZZZ"}',
      '{"cause":"data","message":"a\tb"}',
      '{"cause":{"a":1},"message":["x"]}',
      '{"cause":"","message":""}',
      '{"cause"',
      '{"message":"no cause"}',
    ])
      expect(read(text).code).toMatch(/^[A-Z][A-Z0-9_]*$/);
  });

  it('is kept short enough for an event', () => {
    const long = JSON.stringify({ cause: 'x'.repeat(500), message: '🌷'.repeat(900), action: 'b'.repeat(5_000) });
    const { code, message, action } = read(long);
    expect([code.length, message.length, action?.length]).toEqual([64, 1_000, 1_000]);
    const odd = read(`{"cause":"data","message":"a${'🌷'.repeat(900)}"}`).message;
    expect(odd.isWellFormed()).toBe(true);
    expect(odd.length).toBeLessThanOrEqual(1_000);
  });

  it('is told from what SageMaker says', () => {
    expect(isJobFailure(`AlgorithmError: ${ours}`)).toBe(true);
    expect(isJobFailure('converted; accuracy of the integer model 0.9')).toBe(false);
    expect(isJobFailure(undefined)).toBe(false);
  });
});

describe("AWS's own words", () => {
  it.each([
    ['CapacityError: Unable to provision requested ML compute capacity.', 'CAPACITY_ERROR'],
    ['ResourceLimitExceeded: The account-level service limit is 2.', 'RESOURCE_LIMIT'],
    ['InternalServerError: We encountered an internal error. Please try again.', 'AWS_INTERNAL_ERROR'],
    ['ClientError: Data download failed: 404', 'CLIENT_ERROR'],
    ['AlgorithmError: See job logs for more information', 'JOB_FAILED'],
  ])('%s is %s', (text, code) => {
    expect(read(text)).toMatchObject({ code, message: text, where: jobName, action: expect.any(String) });
  });

  it('may be an exit code alone, of which 137 is a kill', () => {
    expect(read('AlgorithmError: , exit code: 137')).toMatchObject({ code: 'KILLED', where: jobName });
    expect(read('AlgorithmError: , exit code: 3')).toMatchObject({
      code: 'JOB_FAILED',
      message: 'The program ended with exit code 3 and did not say why.',
    });
  });

  it('may be none at all', () => {
    for (const text of [undefined, '', ' \n '])
      expect(read(text)).toMatchObject({ code: 'JOB_FAILED', message: 'The job ended without saying why.' });
  });

  it('lose the half character that a cut leaves', () => {
    const cut = Buffer.from(`AlgorithmError: ${'猫'.repeat(400)}`)
      .subarray(0, 1024)
      .toString('utf8');
    expect(read(cut).message).toMatch(/^AlgorithmError: 猫+$/);
  });
});
