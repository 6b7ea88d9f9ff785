/** `npm run gateware -- board`: the top level of the DE10-Nano under lint, and networks through the processor's bridge. */
import {
  arraySizes,
  hostWords,
  lowerModel,
  packPixels,
  type registers,
  unpackLevels,
  windows,
} from '@dropforge/convert/fpga';
import { runReference, type Tensor } from '@dropforge/quantized-inference';
import { randomPixels } from '@dropforge/quantized-inference/testing';
import type { Report } from '../../src/report.ts';
import { runTool } from '../../src/run-tool.ts';
import { fitsIn, randomNetwork } from '../../src/testing/random-network.ts';
import { boardArrays, readingsAfterLoad } from './board-files.ts';
import { BoardSimulation, lintFiles, parameterArguments, topLevelSources } from './board-simulation.ts';

/** The small one: what it has, the others have, and the wiring is the same. */
const simulated = arraySizes['32x8'];
const NETWORKS = 20;
const LOCKED = 0b010;
const INTERRUPT = 0b100;

export function verifyBoard(): Report {
  for (const name of boardArrays) {
    lintTopLevel(name);
    console.log(`✓ ${name}: nothing to find fault with in the top level`);
  }
  const faults = simulate();
  for (const fault of faults) console.log(`✗ ${fault}`);
  if (faults.length === 0) console.log(`✓ ${simulated.name}: ${NETWORKS} networks through the bridge, by interrupts`);
  return { json: { arrays: boardArrays, networks: NETWORKS, faults }, failed: faults.length > 0 };
}

/** Throws with Verilator's first findings. */
export function lintTopLevel(name: (typeof boardArrays)[number]): void {
  const options = ['--lint-only', '-Wall', '--top-module', 'df_de10_nano', ...parameterArguments(arraySizes[name])];
  runTool('verilator', [...options, ...lintFiles, ...topLevelSources()]);
}

/** One session: the readings, then every network loaded, run and read as a program on the board would. */
function simulate(): string[] {
  const board = new BoardSimulation(simulated);
  const checks = [checkReadings(board)];
  for (let seed = 1, count = 0; count < NETWORKS; seed++) {
    if (!fitsIn(randomNetwork(seed), simulated)) continue;
    checks.push(checkNetwork(board, seed));
    count++;
  }
  board.finish();
  return checks.flatMap((check) => check());
}

function checkReadings(board: BoardSimulation): () => string[] {
  const expected = Object.entries(readingsAfterLoad(simulated)).filter(([name]) => name !== 'STATUS');
  const found = expected.map(([name]) => board.readRegister(name as keyof typeof registers));
  const lights = board.lights();
  return () => [
    ...expected.flatMap(([name, value], at) => (found[at]?.() === value ? [] : [`${name} reads as ${found[at]?.()}`])),
    ...((lights() & LOCKED) !== 0 ? [] : ['the light of the PLL is off']),
  ];
}

function checkNetwork(board: BoardSimulation, seed: number): () => string[] {
  const model = randomNetwork(seed);
  const network = lowerModel(model, simulated);
  const image = randomPixels(model.input, 1, seed);
  const last = network.passes.at(-1);
  if (last === undefined) throw new Error(`Network ${seed} has no pass.`);

  board.load(network.image);
  const checksum = board.readRegister('ERROR');
  board.writeRegister('INTERRUPT_ENABLE', 1);
  board.write(windows.PIXELS.address, packPixels(image, model.input.channels));
  board.writeRegister('CONTROL', 1);
  board.awaitInterrupt();
  const lights = board.lights();
  board.writeRegister('INTERRUPT', 1);
  const [error, pending, lightsAfter] = [board.readRegister('ERROR'), board.readRegister('INTERRUPT'), board.lights()];
  const window = last.buffer === 0 ? windows.LEVELS_0 : windows.LEVELS_1;
  const words = board.read(window.address, hostWords(last.written, simulated));

  return () => {
    const outputs = new Map<string, Tensor>();
    runReference(model, image, { onLayer: (name, output) => outputs.set(name, output) });
    const levels = unpackLevels(words(), last.written, simulated);
    const expected = outputs.get(last.name)?.values ?? [];
    const claims: readonly [string, boolean][] = [
      ['is not taken', checksum() === 0],
      ['ends with an error', error() === 0],
      [
        'computes other levels',
        levels.length === expected.length && levels.every((level, at) => level === expected[at]),
      ],
      ['leaves the light of the interrupt off', (lights() & INTERRUPT) !== 0],
      ['leaves its interrupt on', pending() === 0 && (lightsAfter() & INTERRUPT) === 0],
    ];
    return claims.filter(([, holds]) => !holds).map(([claim]) => `network ${seed} ${claim}`);
  };
}
