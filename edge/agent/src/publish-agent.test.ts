import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publishAgent } from './publish-agent.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropforge-agent-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('puts the agent first and then the pointer that names it', async () => {
  const objects = new Map<string, string>();
  const put = async (key: string, body: string | Buffer) => objects.set(key, String(body));
  const { version, key, sha256 } = await publishAgent(put, join(folder, 'new'));
  expect([...objects.keys()]).toEqual([`agents/${version}/agent.mjs`, 'agents/current.json']);
  expect(
    createHash('sha256')
      .update(objects.get(key) ?? '')
      .digest('hex'),
  ).toBe(sha256);
  const pointer = JSON.parse(objects.get('agents/current.json') ?? '');
  expect(pointer).toEqual({ format: 'dropforge-agents/1', version, key, sha256 });
});

it('leaves the pointer alone when the agent could not be put', async () => {
  const keys: string[] = [];
  const put = async (key: string) => {
    keys.push(key);
    throw new Error('AccessDenied');
  };
  await expect(publishAgent(put, folder)).rejects.toThrow('AccessDenied');
  expect(keys).toHaveLength(1);
});
