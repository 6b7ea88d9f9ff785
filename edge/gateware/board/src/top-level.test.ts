import { join } from 'node:path';
import { arraySizes, parametersOf } from '@dropforge/convert/fpga';
import { describe, expect, it } from 'vitest';
import { hasTool, runTool } from '../../src/run-tool.ts';
import { hardwareSources, root } from '../../src/sources.ts';
import { boardModules, boardRoot } from './board-sources.ts';

const lints = ['--lint-only', '-Wall', '--top-module', 'df_de10_nano'];
const waivers = [join(root, 'rtl/lint.vlt'), join(boardRoot, 'tb/lint.vlt')];

describe.skipIf(!hasTool('verilator'))('the top level of the DE10-Nano', () => {
  it.each(['32x32', '64x64'] as const)('gives Verilator nothing to find fault with, with an array of %s', (name) => {
    const parameters = Object.entries(parametersOf(arraySizes[name])).map(([key, value]) => `-G${key}=${value}`);
    const sources = [...hardwareSources(), join(boardRoot, 'tb/vendor_cells.sv'), ...boardModules()];
    expect(() => runTool('verilator', [...lints, ...parameters, ...waivers, ...sources])).not.toThrow();
  });
});
