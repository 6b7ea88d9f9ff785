import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPackage } from '../../scripts/deploy/check-package.ts';
import { packageService } from '../../scripts/deploy/run-framework.ts';
import { ofType, type PackagedTemplate } from './package-template.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let template: PackagedTemplate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dropforge-functions-'));
  template = (await packageService({ root, stage: 'dev' }, join(folder, 'package'))) as PackagedTemplate; // every resource of ours has properties
}, 300_000); // twenty bundles, on a machine that has other things to do
afterAll(() => rm(folder, { recursive: true }));

describe('the package of every function', () => {
  it('is as large as it may be, and not larger', async () => {
    const functions = join(folder, 'package/functions');
    const names = (await readdir(functions)).filter((name) => name.endsWith('.zip'));
    expect(names).toHaveLength(ofType(template, 'AWS::Lambda::Function').length);
    const zips = await Promise.all(
      names.map(async (name) => ({ name: name.slice(0, -4), bytes: (await stat(join(functions, name))).size })),
    );
    expect(() => checkPackage(template, zips)).not.toThrow();
  });

  it('loads in a fresh process and has the handler that Lambda calls', async () => {
    const functions = join(folder, 'package/functions');
    // The library in the zip is Lambda's; this machine loads its own.
    await symlink(join(root, 'node_modules'), join(functions, 'node_modules'));
    const handlers = ofType(template, 'AWS::Lambda::Function').map(([, { Properties }]) => ({
      file: join(functions, Properties.FunctionName.replace('dropforge-dev-', ''), 'index.mjs'),
      name: Properties.Handler.replace('index.', ''),
    }));
    const program = `const handlers = ${JSON.stringify(handlers)}; const types = [];
      for (const { file, name } of handlers) types.push(typeof (await import(file))[name]);
      console.log(JSON.stringify(types));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', POWERTOOLS_TRACE_ENABLED: 'false' },
    });
    expect(JSON.parse(stdout)).toEqual(handlers.map(() => 'function'));
  });
});
