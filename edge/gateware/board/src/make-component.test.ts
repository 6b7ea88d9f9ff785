import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Recipe } from '../../../../local/src/greengrass/recipe.ts';
import { hasTool, runTool } from '../../src/run-tool.ts';
import { makeComponent } from './make-component.ts';

const rbf = 'a bitstream';
const sha256 = createHash('sha256').update(rbf).digest('hex');
const manifest = {
  format: 'dropforge-bitstream/1',
  board: 'de10-nano',
  array: '64x64',
  file: 'dropforge-64x64.rbf',
  sha256,
};
const canMake = ['dtc', 'fdtput', 'arm-linux-gnueabihf-gcc'].every(hasTool);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropforge-component-'));
  writeFileSync(join(folder, manifest.file), rbf);
});
afterAll(() => rmSync(folder, { recursive: true }));

function make(changes: Partial<Record<keyof typeof manifest, string>> = {}, version?: string) {
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...changes }));
  return makeComponent(folder, 'bucket', version);
}

describe.skipIf(!canMake)('a bitstream component', () => {
  it('has a recipe that the nucleus takes, for boards of its architecture, at every boot and as root', () => {
    const { recipe } = make({}, '1.0.7');
    expect(() => Recipe.parse(recipe)).not.toThrow();
    expect(recipe).toMatchObject({ ComponentName: 'dropforge.bitstream.64x64', ComponentVersion: '1.0.7' });
    const [only] = recipe.Manifests;
    expect(only.Platform).toEqual({ os: 'linux', architecture: 'arm', 'architecture.detail': 'armv7l', runtime: '*' });
    expect(only.Lifecycle.startup.RequiresPrivilege).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'component/recipe.json'), 'utf8'))).toEqual(recipe);
  });

  it('names every file with its digest, under a key of its own', () => {
    const { recipe, files, keyPrefix } = make();
    const [{ Artifacts, Lifecycle }] = recipe.Manifests;
    expect(Artifacts.map(({ Uri }) => Uri)).toEqual(files.map((path) => `s3://bucket/${keyPrefix}${basename(path)}`));
    const script = Lifecycle.startup.Script;
    const named = files.filter((path) => {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return new RegExp(`${basename(path)}" --[a-z0-9-]+ ${digest}`).test(script);
    });
    // The loader checks the others; the nucleus, which has its digest from Greengrass, checks the loader.
    expect(named.map((path) => basename(path))).toEqual(files.map((path) => basename(path)).slice(1));
  });

  it('starts its loader with options and digests that the loader agrees with', () => {
    const { recipe, files } = make();
    const script = recipe.Manifests[0].Lifecycle.startup.Script.replaceAll(
      '{artifacts:path}',
      join(folder, 'component'),
    );
    const board = join(folder, 'board');
    mkdirSync(join(board, 'proc/device-tree'), { recursive: true });
    const start = () =>
      spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, DROPFORGE_ROOT: board } });
    expect(start().stderr).toMatch(/^BOARD_OTHER: /);
    // A board without an FPGA manager gets as far as the files do.
    writeFileSync(join(board, 'proc/device-tree/compatible'), 'terasic,de10-nano\0altr,socfpga-cyclone5\0');
    expect(start().stderr).toMatch(/^NO_FPGA_MANAGER: /);
    for (const file of files.slice(1)) {
      const content = readFileSync(file);
      appendFileSync(file, '.');
      expect(start().stderr, file).toMatch(/^DIGEST_MISMATCH: /);
      writeFileSync(file, content);
    }
  });

  it('expects the array that the bitstream was built for', () => {
    expect(make({ array: '64x64' }).recipe.Manifests[0].Lifecycle.startup.Script).toContain(
      '--expect ARRAY=0x00203366',
    );
    expect(make({ array: '32x32' }).recipe.Manifests[0].Lifecycle.startup.Script).toContain(
      '--expect ARRAY=0x00201355',
    );
  });

  it('has an overlay that names its own bitstream', () => {
    make();
    const overlay = join(folder, 'component/dropforge.dtbo');
    const name = runTool('fdtget', [overlay, '/fragment@0/__overlay__', 'firmware-name']);
    expect(name).toBe(`dropforge/${sha256}.rbf\n`);
  });

  it.skipIf(!hasTool('qemu-arm'))('carries a program that reads the registers on the board', () => {
    make();
    const device = join(folder, 'uio0');
    writeFileSync(device, Buffer.from(Uint32Array.from([0x57474644, 0x10000, 0x203366, 0xa07080a]).buffer));
    truncateSync(device, 2 << 20);
    const readings = runTool('qemu-arm', [join(folder, 'component/read-registers'), device]).split('\n');
    expect(readings.slice(0, 3)).toEqual(['IDENTITY 0x57474644', 'VERSION 0x00010000', 'ARRAY 0x00203366']);
  });

  it.each([
    ['a bitstream that is not the one in the manifest', 'BITSTREAM_CHANGED', { sha256: '0'.repeat(64) }, undefined],
    ['a manifest of another board', 'MANIFEST_INVALID', { board: 'de1-soc' }, undefined],
    ['an array that no board has', 'MANIFEST_INVALID', { array: '32x8' }, undefined],
    ['a file outside its folder', 'MANIFEST_INVALID', { file: '../etc.rbf' }, undefined],
    ['something that is no version', 'VERSION_INVALID', {}, '1.0'],
  ])('is not made of %s', (_, code, changes, version) => {
    expect(() => make(changes, version)).toThrow(expect.objectContaining({ code }));
  });

  it('is not made of nothing', () => {
    expect(() => makeComponent(join(folder, 'none'), 'bucket')).toThrow(
      expect.objectContaining({ code: 'MANIFEST_MISSING' }),
    );
  });
});
