import { describe, expect, it } from 'vitest';
import { readRemote } from './remote.ts';

describe('a run against a real account', () => {
  const whole = {
    AWS_REGION: 'eu-west-1',
    DROPFORGE_REMOTE_ACCOUNT: '123456789012',
    DROPFORGE_REMOTE_PREFIX: 'df-check',
  };

  it('goes where it was told to', () => {
    expect(readRemote(whole)).toEqual({ region: 'eu-west-1', account: '123456789012', prefix: 'df-check' });
  });

  it.each([
    ['no region', { AWS_REGION: undefined }],
    ['no account', { DROPFORGE_REMOTE_ACCOUNT: undefined }],
    ['an account that is none', { DROPFORGE_REMOTE_ACCOUNT: '1234' }],
    ['no prefix', { DROPFORGE_REMOTE_PREFIX: '' }],
    ['a prefix that no bucket can have', { DROPFORGE_REMOTE_PREFIX: 'My_Checks' }],
    ['a prefix that leaves names no room', { DROPFORGE_REMOTE_PREFIX: 'a'.repeat(15) }],
  ])('with %s does not begin and says what it needs', (_what, change) => {
    expect(() => readRemote({ ...whole, ...change })).toThrow(/DROPFORGE_REMOTE_ACCOUNT +the account's twelve digits/);
  });
});
