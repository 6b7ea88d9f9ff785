import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { virtualEnvironment } from './virtual-environment.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropforge-venv-'));
  writeFileSync(join(folder, 'requirements.txt'), 'moto==5\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A Python that makes environments of itself, notes what it is asked, and answers pip as told. */
function pythonWhosePip(answer: string): void {
  const python = join(folder, 'python');
  writeFileSync(
    python,
    `#!/bin/sh
echo "$2" >> ${folder}/asked
case "$2" in
  venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  pip) ${answer} ;;
esac
`,
  );
  chmodSync(python, 0o755);
  vi.stubEnv('DROPFORGE_PYTHON', python);
}

const make = () => virtualEnvironment(join(folder, 'venv'), join(folder, 'requirements.txt'));
const asked = () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');

describe('the virtual environment', () => {
  it('is made once for the same requirements', () => {
    pythonWhosePip('true');
    expect(make()).toEqual({ bin: join(folder, 'venv/bin') });
    expect(make()).toEqual({ bin: join(folder, 'venv/bin') });
    expect(asked()).toEqual(['venv', 'pip']);
  });

  it('is made anew for others', () => {
    pythonWhosePip('true');
    make();
    writeFileSync(join(folder, 'requirements.txt'), 'moto==6\n');
    make();
    expect(asked()).toEqual(['venv', 'pip', 'venv', 'pip']);
  });

  it('is not there when PyPI is not, and nothing half made stays', () => {
    pythonWhosePip('echo "NewConnectionError: Failed to establish a new connection" >&2; exit 1');
    expect(make()).toEqual({ bin: undefined, reason: 'PyPI cannot be reached from here' });
    expect(existsSync(join(folder, 'venv'))).toBe(false);
  });

  it('that pip refuses for another reason is an error in its words', () => {
    pythonWhosePip('echo "No matching distribution found for moto==5" >&2; exit 1');
    expect(make).toThrow(/No matching distribution found for moto==5/);
  });
});
