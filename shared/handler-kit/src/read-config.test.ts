import { expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig } from './read-config.ts';
import { once } from './wrap.ts';

const Config = z.object({
  BUCKET_NAME: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  SLOT_COUNT: z.coerce.number().int().positive(),
});

it('reads what is set, typed, and nothing else', () => {
  const environment = { BUCKET_NAME: 'b', TABLE_NAME: 't', SLOT_COUNT: '2', PATH: '/bin' };
  expect(readConfig(Config, environment)).toEqual({ BUCKET_NAME: 'b', TABLE_NAME: 't', SLOT_COUNT: 2 });
});

it('names all missing and unusable variables at once', () => {
  const read = () => readConfig(Config, { TABLE_NAME: '', SLOT_COUNT: 'two' });
  for (const name of ['BUCKET_NAME', 'TABLE_NAME', 'SLOT_COUNT', 'service.yml']) expect(read).toThrow(name);
  expect(read).toThrow(expect.objectContaining({ name: 'ConfigError' }));
});

it('is tried again after a failure, and done once after a success', () => {
  let calls = 0;
  const make = once(() => {
    if (++calls === 1) throw new Error('not yet');
    return { calls };
  });
  expect(make).toThrow('not yet');
  expect(make()).toBe(make());
  expect(calls).toBe(2);
});
