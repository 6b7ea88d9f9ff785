import { describe, expect, it } from 'vitest';
import { isAllowed, type PolicyStatement } from './policy.ts';

const allow = (given: Partial<PolicyStatement>): PolicyStatement => ({
  effect: 'Allow',
  actions: ['s3:GetObject'],
  resources: ['arn:aws:s3:::bucket/runs/*'],
  conditions: [],
  ...given,
});
const read = (key: string) => ({ action: 's3:GetObject', resource: `arn:aws:s3:::bucket/${key}` });

describe('a policy', () => {
  it('allows nothing by itself', () => {
    expect(isAllowed([], read('runs/a'))).toBe(false);
  });

  it('allows what one statement names by action and resource together', () => {
    expect(isAllowed([allow({})], read('runs/a/b'))).toBe(true);
    expect(isAllowed([allow({})], read('models/a'))).toBe(false);
    expect(isAllowed([allow({})], { ...read('runs/a'), action: 's3:PutObject' })).toBe(false);
    const split = [allow({ actions: ['s3:PutObject'] }), allow({ resources: ['arn:aws:s3:::bucket/models/*'] })];
    expect(isAllowed(split, read('runs/a'))).toBe(false);
  });

  it('reads * as any text, slashes and colons too, ? as one character, and everything else as itself', () => {
    const arn = (pattern: string, resource: string) =>
      isAllowed([allow({ resources: [pattern] })], { action: 's3:GetObject', resource });
    expect(arn('arn:aws:iot:*:thinggroup/*', 'arn:aws:iot:eu-west-1:0:thinggroup/a')).toBe(true);
    expect(arn('a.c', 'abc')).toBe(false);
    expect(arn('a?c', 'abc')).toBe(true);
    expect(arn('a?c', 'ac')).toBe(false);
    expect(arn('runs/*', 'runs/line\nbreak')).toBe(true);
    expect(arn('runs/(*', 'runs/(a')).toBe(true);
  });

  it('takes actions in any case, resources in theirs', () => {
    expect(isAllowed([allow({ actions: ['S3:getobject'] })], read('runs/a'))).toBe(true);
    expect(isAllowed([allow({ actions: ['s3:Get*'] })], read('runs/a'))).toBe(true);
    expect(isAllowed([allow({})], read('RUNS/a'))).toBe(false);
  });

  it('lets a Deny win, wherever it stands', () => {
    const deny = allow({ effect: 'Deny', resources: ['arn:aws:s3:::bucket/runs/secret/*'] });
    for (const statements of [
      [allow({}), deny],
      [deny, allow({})],
    ]) {
      expect(isAllowed(statements, read('runs/secret/a'))).toBe(false);
      expect(isAllowed(statements, read('runs/open'))).toBe(true);
    }
  });

  it('fills in variables, and covers nothing where the request has no value for one', () => {
    const topic = 'arn:aws:iot:eu-west-1:0:topic/dropforge/devices/';
    const publish = allow({ actions: ['iot:Publish'], resources: [`${topic}\${credentials-iot:ThingName}/report`] });
    const wanted = { action: 'iot:Publish', resource: `${topic}one/report` };
    expect(isAllowed([publish], { ...wanted, context: { 'credentials-iot:ThingName': 'one' } })).toBe(true);
    expect(isAllowed([publish], { ...wanted, context: { 'credentials-iot:ThingName': 'two' } })).toBe(false);
    expect(isAllowed([publish], wanted)).toBe(false);
  });
});

describe('a condition', () => {
  const list = (operator: 'StringEquals' | 'StringLike', ...values: string[]) =>
    allow({ conditions: [{ operator, key: 's3:prefix', values }] });
  const withPrefix = (prefix: string) => ({ ...read('runs/a'), context: { 's3:prefix': prefix } });

  it('holds when one of its values fits the key, whose name may be in any case', () => {
    expect(isAllowed([list('StringEquals', 'drops/', 'runs/')], withPrefix('runs/'))).toBe(true);
    expect(isAllowed([list('StringEquals', 'run*')], withPrefix('runs/'))).toBe(false);
    expect(isAllowed([list('StringLike', 'run*')], withPrefix('runs/'))).toBe(true);
    const context = { 'S3:Prefix': 'runs/' };
    expect(isAllowed([list('StringLike', 'run*')], { ...read('runs/a'), context })).toBe(true);
  });

  it('on a key that the request does not have is not met', () => {
    expect(isAllowed([list('StringLike', '*')], read('runs/a'))).toBe(false);
  });

  it('must hold together with every other one', () => {
    const conditions = [
      { operator: 'StringEquals', key: 'a', values: ['1'] },
      { operator: 'Bool', key: 'b', values: ['true'] },
    ] as const;
    const wanted = (context: Record<string, string>) => ({ ...read('runs/a'), context });
    expect(isAllowed([allow({ conditions })], wanted({ a: '1', b: 'True' }))).toBe(true);
    expect(isAllowed([allow({ conditions })], wanted({ a: '1', b: 'false' }))).toBe(false);
    expect(isAllowed([allow({ conditions })], wanted({ a: '1' }))).toBe(false);
  });
});
