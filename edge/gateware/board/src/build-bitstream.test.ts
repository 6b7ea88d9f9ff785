import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardRoot } from './board-sources.ts';

const summary = (slack: string) =>
  `Type  : Slow 1100mV 100C Model Setup 'clk'\nSlack : ${slack}\nTNS   : 0.000\n\nType  : Fast 1100mV -40C Model Hold 'clk'\nSlack : 0.182\nTNS   : 0.000\n`;
const fit =
  'Logic utilization (in ALMs) : 17,345 / 41,910 ( 41 % )\nTotal registers : 29876\nTotal RAM Blocks : 272 / 553 ( 49 % )\nTotal DSP Blocks : 96 / 112 ( 86 % )\n';
const version = 'Quartus Prime Shell\nVersion 22.1std.0 Build 915 10/25/2022 SC Lite Edition\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropforge-bitstream-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'timing'), summary('1.234'));
  writeFileSync(join(folder, 'fit'), fit);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Programs that take Quartus' arguments and leave its files; `compile` and `convert` are what they do. */
function installQuartus({ compile = '', convert = 'printf bitstream >"$5"' } = {}): void {
  program(
    'quartus_sh',
    `[ "$1" = --version ] && exec cat ${folder}/version
[ "$*" = "--flow compile de10_nano" ] || exit 9
${compile}
mkdir -p output; cp ${folder}/timing output/de10_nano.sta.summary; cp ${folder}/fit output/de10_nano.fit.summary; echo sof >output/de10_nano.sof`,
  );
  program('quartus_cpf', `[ "$1 $2 $3" = "-c -o bitstream_compression=on" ] && [ -f "$4" ] || exit 9\n${convert}`);
}

function program(name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

function build(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(join(boardRoot, 'build-bitstream'), ['--out', join(folder, 'out'), ...args], {
    encoding: 'utf8',
    env: { PATH: `${folder}/bin:/usr/bin:/bin` },
  });
}

describe('build-bitstream', () => {
  it('compiles all sources, and writes a bitstream and what it is', () => {
    installQuartus();
    const { status, stdout, stderr } = build();
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('41910 ALMs 17345');
    const manifest = JSON.parse(readFileSync(join(folder, 'out/manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      format: 'dropforge-bitstream/1',
      board: 'de10-nano',
      array: '64x64',
      bytes: 9,
      sha256: createHash('sha256').update('bitstream').digest('hex'),
      quartus: '22.1std.0 Lite',
      worstSlackNanoseconds: 0.182,
      resources: { alms: 17345, registers: 29876, ramBlocks: 272, dspBlocks: 96 },
    });
    expect(readFileSync(join(folder, 'out', manifest.file), 'utf8')).toBe('bitstream');
    const settings = readFileSync(join(folder, 'out/quartus/de10_nano.qsf'), 'utf8');
    expect(settings).toContain('set_parameter -name IC_PAR 64\n');
    const sources = [...settings.matchAll(/SYSTEMVERILOG_FILE "(.+)"/g)].map(([, path = '']) => path);
    expect(sources[0]).toMatch(/df_gateware_pkg\.sv$/);
    expect(sources.filter((path) => /df_(de10_nano|gateware)\.sv$/.test(path))).toHaveLength(2);
    expect(sources.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('sets the parameters of the array that is asked for', () => {
    installQuartus();
    expect(build('--array', '32x32').status).toBe(0);
    expect(readFileSync(join(folder, 'out/quartus/de10_nano.qsf'), 'utf8')).toContain(
      'set_parameter -name IC_PAR 32\n',
    );
  });

  it.each([
    ['without Quartus', 'QUARTUS_MISSING', () => {}],
    ['with a Quartus that is too old', 'QUARTUS_VERSION', () => prepare('version', version.replace('22.1std', '13.1'))],
    ['with a Quartus without the part', 'QUARTUS_VERSION', () => prepare('version', version.replace('Lite', 'Pro'))],
    [
      'when the design does not compile',
      'COMPILE_FAILED',
      () => installQuartus({ compile: 'echo "Error (1): no"; exit 3' }),
    ],
    ['when the timing is not met', 'TIMING_NOT_MET', () => prepare('timing', summary('-0.310'))],
    ['when the timing is not known', 'TIMING_UNKNOWN', () => prepare('timing', '')],
    ['when the conversion fails', 'RBF_MISSING', () => installQuartus({ convert: 'exit 1' })],
    ['when the conversion leaves nothing', 'RBF_MISSING', () => installQuartus({ convert: ':' })],
    [
      'when nothing was compressed',
      'RBF_NOT_COMPRESSED',
      () => installQuartus({ convert: 'head -c 7007204 /dev/zero >"$5"' }),
    ],
  ] as const)('stops %s: %s', (_, code, break_) => {
    break_();
    const { status, stderr } = build();
    expect(stderr).toMatch(new RegExp(`^${code}: .+\n  \\S`, 'm'));
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'out/manifest.json'))).toBe(false);
  });

  it('names the check whose timing is not met', () => {
    prepare('timing', summary('-0.310'));
    expect(build().stderr).toContain("Slow 1100mV 100C Model Setup 'clk'");
  });

  it('leaves no bitstream of an earlier build when it stops', () => {
    installQuartus();
    build();
    prepare('timing', summary('-0.310'));
    build();
    expect(existsSync(join(folder, 'out/dropforge-64x64.rbf'))).toBe(false);
  });

  it('knows its arrays and options', () => {
    installQuartus();
    expect(build('--array', '16x16').stderr).toBe(
      'ARRAY_UNKNOWN: there is no array 16x16 for the board.\n  Known: 32x32 64x64.\n',
    );
    expect(build('--fast').stderr).toMatch(/^USAGE: /);
    expect(build('--array').stderr).toMatch(/^USAGE: /);
  });
});

function prepare(file: string, text: string): void {
  installQuartus();
  writeFileSync(join(folder, file), text);
}
