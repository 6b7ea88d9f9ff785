/**
 * `npm run gateware -- netlist [--array 64x64]`: an image through LmnetV1 on the cells that Yosys mapped the engine to, so
 * that a fault of the mapping, or sources that a simulator reads otherwise than a synthesizer, show.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArraySize } from '@dropforge/convert/fpga';
import { lmnetV1, randomPixels } from '@dropforge/quantized-inference/testing';
import { arrayNamed } from './array-named.ts';
import { buildFrom } from './build-simulator.ts';
import type { Options } from './options.ts';
import type { Report } from './report.ts';
import { runTool } from './run-tool.ts';
import { Simulation } from './simulation.ts';
import { root } from './sources.ts';
import { netlistPath, synthesize } from './synthesis/synthesize.ts';
import { verifyNetwork } from './verify-network.ts';

/** Models of the cells that Yosys comes with. Its model of an M10K selects by variable bounds, which no simulator takes. */
const CELLS = ['alm_sim.v', 'dff_sim.v', 'dsp_sim.v', 'misc_sim.v'];

export function netlist({ array: name = '32x8' }: Options): Report {
  const array = arrayNamed(name);
  const startedAt = performance.now();
  const model = lmnetV1();
  synthesize(array);
  const simulation = new Simulation(array, () => buildNetlistSimulator(array));
  const { mismatches, firstDifference, cyclesPerImage } = verifyNetwork(
    model,
    array,
    [randomPixels(model.input, 1, 1)],
    simulation,
  );
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const where = firstDifference === null ? '' : `, first in ${firstDifference}`;
  const mark = mismatches === 0 ? '✓' : '✗';
  console.log(`${mark} netlist of ${name}: ${mismatches} mismatches${where}, ${cyclesPerImage} cycles (${seconds} s)`);
  return { json: { array: name, images: 1, mismatches, cycles_per_image: cyclesPerImage }, failed: mismatches > 0 };
}

function buildNetlistSimulator(array: ArraySize): string {
  const path = netlistPath(array);
  const yosys = runTool('sh', ['-c', 'readlink -f "$(command -v yosys)"']).trim();
  const share = join(yosys, '../../share/yosys/intel_alm/common');
  const digest = createHash('sha256')
    .update(readFileSync(path))
    .update(readFileSync(join(root, 'tb/df_m10k.sv')))
    .digest('hex')
    .slice(0, 16);
  return buildFrom(`netlist-${array.name}-${digest}`, [
    ...['-Wno-fatal', '-Wno-lint', '-Wno-style'],
    ...[path, join(root, 'tb/df_m10k.sv'), ...CELLS.map((name) => join(share, name))],
  ]);
}
