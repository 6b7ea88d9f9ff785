import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, sourceFiles } from '../architecture/source-files.ts';
import { execForm, readDockerfile } from './dockerfile.ts';
import { dockerfiles } from './dockerfiles.ts';
import { requirementsIn } from './steps.ts';

const described = dockerfiles.map((path) => ({ path, ...readDockerfile(readFileSync(join(root, path), 'utf8')) }));

it('these are all the Dockerfiles there are', () => {
  expect(sourceFiles(/(^|\/)Dockerfile$/).map(({ path }) => path)).toEqual(dockerfiles);
});

describe.each(described)('$path', ({ stages, defaults }) => {
  const instructions = stages.flatMap((stage) => stage.instructions);

  it('stands on images that are pinned by digest', () => {
    const names = stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
    const outside = stages
      .map(({ from }) => from.replaceAll(/\$\{(\w+)\}/g, (_, name) => defaults.get(name) ?? ''))
      .filter((from) => !names.includes(from));
    expect(outside.length).toBeGreaterThan(0);
    for (const from of outside) expect(from).toMatch(/^[a-z0-9/]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  it('starts its program without a shell in between', () => {
    const starts = instructions.filter(({ keyword }) => keyword === 'ENTRYPOINT' || keyword === 'CMD');
    expect(starts.flatMap(execForm)[0]).toBe('/opt/dropforge/drop-privileges');
  });

  it('holds no secrets and leaves no caches behind', () => {
    const texts = instructions.map(({ text }) => text);
    expect(texts.filter((text) => /secret|token|password|credential|aws_/i.test(text))).toEqual([]);
    const installing = (tool: string) => texts.filter((text) => text.includes(`${tool} install`));
    for (const text of installing('apt-get'))
      expect(text).toMatch(/--no-install-recommends .*rm -rf \/var\/lib\/apt\/lists/);
    for (const text of installing('pip')) expect(text).toMatch(/--no-cache-dir .*--require-hashes/);
  });
});

describe('the reader', () => {
  it('knows continued lines, comments between them, and stages', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's own form
    const text = 'ARG A=b\n\nFROM x:1 AS one\nRUN a \\\n  # why\n  && b\nFROM ${A}\nCMD ["c"]\n';
    expect(readDockerfile(text)).toEqual({
      defaults: new Map([['A', 'b']]),
      stages: [
        { from: 'x:1', name: 'one', instructions: [{ keyword: 'RUN', text: 'a && b', line: 4 }] },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's own form
        { from: '${A}', instructions: [{ keyword: 'CMD', text: '["c"]', line: 8 }] },
      ],
    });
  });

  it.each([
    ['ADD x y', 'Line 2 is not understood: ADD x y'],
    ['RUN a \\', 'Line 2 is not understood'],
    ['copy a b', 'Line 2 is not understood'],
  ])('refuses %s', (line, message) => {
    expect(() => readDockerfile(`FROM x\n${line}\n`)).toThrow(message);
  });

  it('refuses a program behind a shell', () => {
    expect(() => execForm({ keyword: 'CMD', text: 'train', line: 3 })).toThrow('Line 3: "train" is not in exec form');
  });
});

describe('the requirements', () => {
  it.each(['common', 'cpu'])('of %s are pinned by version and digest, each once', (name) => {
    const names = requirementsIn(readFileSync(join(root, `jobs/train/requirements/${name}.txt`), 'utf8'));
    expect(names).toEqual([...new Set(names)]);
  });

  it('bring the torch of the CUDA base to the image without CUDA', () => {
    const cpu = readFileSync(join(root, 'jobs/train/requirements/cpu.txt'), 'utf8');
    const base = described.flatMap(({ stages }) => stages).find(({ from }) => from.startsWith('pytorch/pytorch:'));
    const version = /pytorch:([\d.]+)-/.exec(base?.from ?? '')?.[1];
    expect(cpu).toContain(`/torch-${version}%2Bcpu-`);
  });

  it('refuse a package without a digest', () => {
    expect(() => requirementsIn('numpy==2.0.0\n')).toThrow('Not pinned by version and digest: numpy==2.0.0');
  });
});

it('the entry point is a script that ShellCheck accepts', ({ skip }) => {
  const { error, status, stdout } = spawnSync('shellcheck', ['jobs/drop-privileges'], { cwd: root, encoding: 'utf8' });
  if (error) skip('there is no shellcheck on this machine');
  expect(status, stdout).toBe(0);
});
