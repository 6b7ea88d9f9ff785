import { describe, expect, it } from 'vitest';
import { AgentFailure } from './agent-failure.ts';
import { parseRelease } from './release.ts';

const digest = 'ab'.repeat(32);
const good = {
  format: 'dropforge-release/1',
  modelId: 'flowers-1',
  modelDigest: digest,
  runId: 'run-mzxw6ytboi2gk3tdmfza',
  attempt: 1,
  artifactDigest: digest,
  classes: ['cat', 'Ünïcode 猫'],
  input: { height: 32, width: 32, channels: 3 },
  files: [{ path: 'bin/x86_64/dropforge-run', sha256: digest, bytes: 10, elf: { machine: 62 } }],
  createdAt: '2026-01-01T00:00:00.000Z',
};
const file = (path: unknown, bytes: unknown = 1) => ({ path, sha256: digest, bytes });

describe('a release', () => {
  it('is read, with fields of later versions left away', () => {
    const { files, ...release } = parseRelease(JSON.stringify({ ...good, later: true }));
    expect(files).toEqual([{ path: 'bin/x86_64/dropforge-run', sha256: digest, bytes: 10 }]);
    expect(release).not.toHaveProperty('later');
  });

  it.each([
    ['is not JSON', '{', 'JSON'],
    ['is a list', '[]', 'object'],
    ['has another format', { format: 'dropforge-release/2' }, 'format'],
    ['leaves the slot', { files: [file('../../etc/passwd')] }, 'files[0].path'],
    ['leaves the slot in the middle', { files: [file('bin/../../x')] }, 'files[0].path'],
    ['names an absolute path', { files: [file('/etc/passwd')] }, 'files[0].path'],
    ['names a path with a line break', { files: [file('bin/a\nb')] }, 'files[0].path'],
    ['names a file twice', { files: [file('a'), file('a')] }, 'twice'],
    ['is larger than a device', { files: [file('a', 2 ** 29), file('b', 2 ** 29)] }, 'bytes'],
    ['has a negative size', { files: [file('a', -1)] }, 'files[0].bytes'],
    ['has no classes', { classes: [] }, 'classes'],
    ['has an image without pixels', { input: { height: 0, width: 1, channels: 1 } }, 'input.height'],
    ['has an image larger than memory', { input: { height: 1e9, width: 1e9, channels: 3 } }, 'input.height'],
    ['has a digest that is none', { artifactDigest: 'abc' }, 'artifactDigest'],
  ])('that %s is refused with the field', (_, fault, where) => {
    const text = typeof fault === 'string' ? fault : JSON.stringify({ ...good, ...fault });
    expect(() => parseRelease(text)).toThrow(AgentFailure);
    expect(() => parseRelease(text)).toThrow(where);
  });
});
