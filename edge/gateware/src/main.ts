/** `npm run gateware -- <command>`: everything about the accelerator that needs hardware tools. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Options } from './options.ts';

/** Loaded when they are asked for: the conversion's image has what the simulator needs, and no more. */
const commands = {
  bench: {
    run: async () => (await import('./bench.ts')).bench(),
    help: 'run every module alone, beside a model of it',
  },
  generate: {
    run: async () => (await import('./generate.ts')).generate(),
    help: 'write the generated files anew from jobs/convert/src/fpga',
  },
  lint: {
    run: async () => (await import('./lint.ts')).lintAll(),
    help: 'check the sources of every array with Verilator',
  },
  simulator: {
    run: async (options: Options) => (await import('./simulator.ts')).simulator(options),
    help: 'build a simulator, and print where it lies; --array NAME, default 64x64',
  },
  verify: {
    run: async (options: Options) => (await import('./verify.ts')).verify(options),
    help: 'run whole networks on the simulated engine and compare every level; --model model.safetensors, default LmnetV1',
  },
  netlist: {
    run: async (options: Options) => (await import('./netlist.ts')).netlist(options),
    help: 'run an image on the netlist of cells instead of the sources; --array NAME, default 32x8',
  },
  prove: {
    run: async () => (await import('./prove.ts')).prove(),
    help: 'prove the properties of modules in formal/, for all inputs',
  },
  board: {
    run: async () => (await import('../board/src/verify-board.ts')).verifyBoard(),
    help: 'lint the top level of the DE10-Nano and run networks through its bridge',
  },
  synth: {
    run: async () => (await import('./synth.ts')).synth(),
    help: 'map the product arrays to a Cyclone V; count cells and estimate the clock',
  },
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, array: { type: 'string' }, model: { type: 'string' } },
  allowPositionals: true,
});
const [name = ''] = positionals;
if (!Object.hasOwn(commands, name)) {
  const lines = Object.entries(commands).map(([command, { help }]) => `  ${command.padEnd(10)}${help}`);
  console.error(
    `Commands of npm run gateware -- <command> [--json FILE] [--array NAME] [--model FILE]:\n${lines.join('\n')}`,
  );
  process.exit(2);
}
const command = commands[name as keyof typeof commands]; // the check above found it among them
const report = await command.run(values);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report.json, null, 2)}\n`);
process.exitCode = report.failed ? 1 : 0;
