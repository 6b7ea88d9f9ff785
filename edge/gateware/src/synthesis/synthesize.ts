/** From the sources to the cells of a Cyclone V, by Yosys. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArraySize, parametersOf } from '@dropforge/convert/fpga';
import { runTool } from '../run-tool.ts';
import { buildFolder, hardwareSources } from '../sources.ts';
import { type Netlist, readNetlist } from './netlist.ts';

const TOP = 'df_gateware';

/** Throws where Yosys is missing or finds fault. */
export function synthesize(array: ArraySize): Netlist {
  mkdirSync(buildFolder, { recursive: true });
  const netlist = join(buildFolder, `${array.name}.json`);
  const parameters = Object.entries(parametersOf(array)).map(([name, value]) => `-set ${name} ${value}`);
  const commands = [
    `read_verilog -sv ${hardwareSources().join(' ')}`,
    `chparam ${parameters.join(' ')} ${TOP}`,
    // Without input and output buffers: the engine's ports are wires to the processor on the same die.
    `synth_intel_alm -family cyclonev -top ${TOP} -noiopad`,
    `write_json ${netlist}`,
  ];
  runTool('yosys', ['-q', '-p', commands.join('; ')]);
  return readNetlist(readFileSync(netlist, 'utf8'), TOP);
}
