import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildspec } from '../../scripts/deploy/images/account-build.ts';
import { root } from '../architecture/source-files.ts';

const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

describe('the buildspec', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dropforge-buildspec-test-'));
    await put('aws', 'echo secret');
    await put('docker', `echo "$@" >>${folder}/calls; if [ "$1" = login ]; then cat >>${folder}/calls; fi`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('logs in, then builds and pushes every image that it is given', async () => {
    const train = `jobs/train/Dockerfile,cuda,${registry}/dropforge-train-dev:cuda-1`;
    const convert = `jobs/convert/Dockerfile,,${registry}/dropforge-convert-dev:2`;
    await run(`${train} ${convert}`);
    const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
    const common = 'buildx build --platform linux/amd64 --provenance=false --sbom=false';
    expect(calls).toEqual([
      `login --username AWS --password-stdin ${registry}`,
      'secret',
      `${common} --output type=image,name=${registry}/dropforge-train-dev:cuda-1,oci-mediatypes=false,push=true --file jobs/train/Dockerfile --build-arg DEVICE=cuda .`,
      `${common} --output type=image,name=${registry}/dropforge-convert-dev:2,oci-mediatypes=false,push=true --file jobs/convert/Dockerfile .`,
    ]);
  });

  it('fails with the first image that cannot be built', async () => {
    await put('docker', `echo "$@" >>${folder}/calls; [ "$1" = login ]`);
    await expect(run(`a,,${registry}/a:1 b,,${registry}/b:1`)).rejects.toThrow('Command failed');
    expect((await readFile(join(folder, 'calls'), 'utf8')).match(/buildx/g)).toHaveLength(1);
  });

  async function put(program: string, line: string): Promise<void> {
    await writeFile(join(folder, program), `#!/bin/sh\n${line}\n`);
    await chmod(join(folder, program), 0o755);
  }

  /** As CodeBuild does: each command in the same shell, and a phase ends with the first that fails. */
  async function run(IMAGES: string): Promise<void> {
    const { phases } = parse(await readFile(join(root, buildspec), 'utf8'));
    const commands: string[] = [...phases.pre_build.commands, ...phases.build.commands];
    const env = { PATH: `${folder}:${process.env.PATH}`, REGISTRY: registry, IMAGES };
    await promisify(execFile)('/bin/sh', ['-euc', commands.join('\n')], { env });
  }
});
