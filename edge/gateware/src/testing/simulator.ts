/** What the tests on the small array share. */
import { arraySizes } from '@dropforge/convert/fpga';
import { buildSimulator } from '../build-simulator.ts';
import { hasTool } from '../run-tool.ts';

export const array = arraySizes['32x8'];

export const canSimulate = hasTool('verilator');
if (!canSimulate) {
  console.warn(
    'Tests of the gateware are skipped: there is no verilator. Install it: apt-get install verilator g++ make.',
  );
}

/** For a hook before the tests: the first of them would take the time of the build otherwise. */
export const building = [
  () => {
    if (canSimulate) buildSimulator(array);
  },
  // On a machine that does other things besides.
  900_000,
] as const;
