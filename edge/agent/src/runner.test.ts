import { afterEach, describe, expect, it } from 'vitest';
import { selfTest } from './runner.ts';

afterEach(() => {
  delete process.env.DF_ENGINE;
  delete process.env.AWS_SECRET_ACCESS_KEY;
});

describe('a runner', () => {
  it('is told which engine to use, and nothing that is secret', async () => {
    process.env.DF_ENGINE = 'unix:/run/engine';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    const check = 'test "$DF_ENGINE" = unix:/run/engine && test -z "$AWS_SECRET_ACCESS_KEY"';
    const command = { prefix: ['sh', '-c', check], path: 'dropforge-run', directory: '/', timeoutMilliseconds: 10_000 };
    await expect(selfTest(command, 'images', 'logits')).resolves.toBeUndefined();
    delete process.env.DF_ENGINE;
    await expect(selfTest(command, 'images', 'logits')).rejects.toMatchObject({ code: 'SELF_TEST_FAILED' });
  });
});
