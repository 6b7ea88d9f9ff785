import { describe, expect, it } from 'vitest';
import { jobNames, runIdOf } from './names.ts';

const runId = runIdOf('a');

describe('job names', () => {
  it('say deployment, kind, run and attempt, and can be read back', () => {
    const names = jobNames('dev');
    expect(names.of('train', runId, 2)).toBe(`df-dev-train-${runId}-t2`);
    expect(names.read(names.of('convert', runId, 2))).toEqual({ kind: 'convert', runId, attempt: 2 });
  });

  it("keep SageMaker's rules for the longest stage and attempt", () => {
    const name = jobNames('production-eu-16').of('convert', runId, 99_999);
    expect(name.length).toBeLessThanOrEqual(63);
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  });

  it("are not those of another deployment, even where one's name begins with the other's", () => {
    for (const [ours, theirs] of [
      ['dev', 'prod'],
      ['dev', 'dev-train'],
      ['dev-train', 'dev'],
    ] as const)
      expect(jobNames(ours).read(jobNames(theirs).of('train', runId, 1))).toBeUndefined();
  });

  it.each([
    'my-job',
    `df-train-${runId}-t1`,
    `df-dev-train-${runId}-t0`,
    `df-dev-train-${runId}`,
    `df-dev-x-${runId}-t1`,
  ])('are not %s', (name) => {
    expect(jobNames('dev').read(name)).toBeUndefined();
  });

  it.each(['', 'Dev', 'a_b', '1st', 'dev-', 'a--b', 'x'.repeat(17)])('refuse the stage "%s"', (stage) => {
    expect(() => jobNames(stage)).toThrow('is no stage');
  });
});
