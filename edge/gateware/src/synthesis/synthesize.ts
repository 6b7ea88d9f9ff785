/** From the sources to the cells of a Cyclone V, by Yosys. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArraySize, parametersOf } from '@dropforge/convert/fpga';
import { runTool } from '../run-tool.ts';
import { buildFolder, hardwareSources } from '../sources.ts';
import { type Netlist, readNetlist } from './netlist.ts';

const TOP = 'df_gateware';

/** The mapped netlist as Verilog, once `synthesize` has returned. */
export function netlistPath(array: ArraySize): string {
  return join(buildFolder, `${array.name}.v`);
}

/** Throws where Yosys is missing or finds fault. */
export function synthesize(array: ArraySize): Netlist {
  mkdirSync(buildFolder, { recursive: true });
  const netlist = join(buildFolder, `${array.name}.json`);
  const parameters = Object.entries(parametersOf(array)).map(([name, value]) => `-set ${name} ${value}`);
  const commands = [
    `read_verilog -sv ${hardwareSources().join(' ')}`,
    `chparam ${parameters.join(' ')} ${TOP}`,
    // The elements of the array are all alike: mapped once and not once each, they take Yosys a fraction of the time.
    `hierarchy -top ${TOP}; setattr -mod -set keep_hierarchy 1 *df_processing_element*`,
    // Without input and output buffers: the engine's ports are wires to the processor on the same die.
    `synth_intel_alm -family cyclonev -top ${TOP} -noiopad`,
    'setattr -mod -unset keep_hierarchy *; flatten; opt_clean',
    `write_json ${netlist}`,
    `write_verilog -noattr -noexpr ${netlistPath(array)}`,
  ];
  runTool('yosys', ['-q', '-p', commands.join('; ')]);
  return readNetlist(readFileSync(netlist, 'utf8'), TOP);
}
