import { describe, expect, it } from 'vitest';
import { hasTool } from '../run-tool.ts';
import { boundSources } from './bound-sources.ts';
import { mutants, proveMutant } from './mutants.ts';
import { proofs } from './proofs.ts';

const canProve = ['yosys', 'yosys-smtbmc', 'z3'].every(hasTool);
if (!canProve) console.warn('A proof is skipped: there is no yosys or no z3. Install them: apt-get install yosys z3.');

describe.skipIf(!canProve)('a module that is broken on purpose is refused, with the property and its line:', () => {
  // One here; `verify` tries them all.
  it.each(mutants.slice(0, 1))('$fault', (mutant) => {
    const { proven, reason } = proveMutant(mutant);
    expect(proven).toBe(false);
    expect(reason).toMatch(/Assert failed in df_axi_lite: .*df_axi_lite_properties\.sv:\d+/);
  });
});

describe('the proofs', () => {
  it.each([...new Set(proofs.map(({ module }) => module))])('of %s have properties that are bound to it', (module) => {
    expect(boundSources(module).at(-1)?.[0]).toBe(`${module}_properties.sv`);
  });

  it('have each a fault that the module is tried with', () => {
    for (const { module } of proofs) expect(mutants.map((mutant) => mutant.module)).toContain(module);
  });
});
