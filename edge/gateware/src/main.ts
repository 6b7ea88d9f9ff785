/** `npm run gateware -- <command>`: everything about the accelerator that needs hardware tools. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bench } from './bench.ts';
import { generate } from './generate.ts';
import { lintAll } from './lint.ts';
import { netlist } from './netlist.ts';
import { prove } from './prove.ts';
import { synth } from './synth.ts';
import { verify } from './verify.ts';

const commands = {
  bench: { run: bench, help: 'run every module alone, beside a model of it' },
  generate: { run: generate, help: 'write generated/ anew from jobs/convert/src/fpga' },
  lint: { run: lintAll, help: 'check the sources of every array with Verilator' },
  verify: { run: verify, help: 'run whole networks on the simulated engine and compare every level' },
  netlist: {
    run: netlist,
    help: 'run an image on the netlist of cells instead of the sources; --array NAME, default 32x8',
  },
  prove: { run: prove, help: 'prove the properties of modules in formal/, for all inputs' },
  synth: { run: synth, help: 'map the product arrays to a Cyclone V; count cells and estimate the clock' },
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, array: { type: 'string' } },
  allowPositionals: true,
});
const [name = ''] = positionals;
if (!Object.hasOwn(commands, name)) {
  const lines = Object.entries(commands).map(([command, { help }]) => `  ${command.padEnd(10)}${help}`);
  console.error(`Commands of npm run gateware -- <command> [--json FILE]:\n${lines.join('\n')}`);
  process.exit(2);
}
const report = commands[name as keyof typeof commands].run(values.array); // the check above found it among them
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report.json, null, 2)}\n`);
process.exitCode = report.failed ? 1 : 0;
