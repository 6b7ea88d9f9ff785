import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hardwareSources, root } from '../sources.ts';
import { benchNames } from './build-benches.ts';

/** Modules without a bench of their own, and the file that tries each. */
const elsewhere: Readonly<Record<string, string>> = {
  df_host_levels: 'bench/df_levels_tb.sv',
  df_layer_decoder: 'bench/df_sequencer_tb.sv',
  // The whole: every network that is simulated.
  df_engine: 'rtl/df_gateware.sv',
  df_gateware: 'tb/axi_lite_bus.h',
};

describe('the benches', () => {
  const modules = hardwareSources()
    .map((path) => basename(path, '.sv'))
    .filter((name) => name !== 'df_gateware_pkg');

  it.each(modules)('try %s', (module) => {
    if (module in elsewhere) expect(readFileSync(join(root, elsewhere[module] ?? ''), 'utf8')).toContain(module);
    else expect(benchNames()).toContain(module);
  });

  it('are of modules that there are', () => {
    expect([...benchNames(), ...Object.keys(elsewhere)].filter((name) => !modules.includes(name))).toEqual([]);
  });
});
