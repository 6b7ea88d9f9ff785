/** `npm run gateware -- synth`: what each product array takes of a Cyclone V, and how fast it may be. */
import { type ArrayName, arraySizes } from '@dropforge/convert/fpga';
import type { Report } from './report.ts';
import { countResources } from './synthesis/count-resources.ts';
import { estimateTiming } from './synthesis/estimate-timing.ts';
import { synthesize } from './synthesis/synthesize.ts';

const products: readonly ArrayName[] = ['32x32', '64x64'];

/** Picoseconds of every net: what placed designs of this family have on average where they are not congested. */
const NET_DELAY = 600;

export function synth(): Report {
  const arrays = products.map((array) => {
    const netlist = synthesize(arraySizes[array]);
    const { almLow, almHigh, registers, m10k, dsp } = countResources(netlist);
    const { megahertz, path } = estimateTiming(netlist, NET_DELAY);
    console.log(
      `${array}: ${almLow} to ${almHigh} ALMs, ${registers} registers, ${m10k} M10K, ${dsp} DSP; ${megahertz} MHz before placement`,
    );
    return {
      array,
      alm_low: almLow,
      alm_high: almHigh,
      m10k,
      dsp,
      fmax_mhz_estimate: megahertz,
      worst_path: path.join(' > '),
    };
  });
  return { json: arrays, failed: false };
}
