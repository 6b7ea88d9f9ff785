import { expect, it } from 'vitest';
import { isJobOf, jobTags } from './job-tags.ts';

const owner = { runId: 'run-mzxw6ytboi2gk3tdmfza', project: 'flowers', stage: 'dev', attempt: 2 };

it('say run, project, stage and attempt', () => {
  expect(Object.fromEntries(jobTags(owner).map(({ Key, Value }) => [Key, Value]))).toEqual({
    'dropforge:run-id': owner.runId,
    'dropforge:project': 'flowers',
    'dropforge:stage': 'dev',
    'dropforge:attempt': '2',
  });
});

it('hold only what AWS takes, whatever the project is called', () => {
  for (const { Value } of jobTags({ ...owner, project: '猫 & "dogs"\n<x>'.padEnd(300, '!') }))
    expect(Value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
});

it("are known again on our own job, and not on anybody else's", () => {
  expect(isJobOf(owner, [...jobTags(owner), { Key: 'team', Value: 'x' }])).toBe(true);
  expect(isJobOf(owner, [])).toBe(false);
  for (const change of [{ attempt: 3 }, { stage: 'prod' }, { runId: 'run-aaaaaaaaaaaaaaaaaaaa' }])
    expect(isJobOf({ ...owner, ...change }, jobTags(owner))).toBe(false);
});
