import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux lists the devices that programs drive themselves. */
const uioDirectory = '/sys/class/uio';
/** As `runtime/fpga/df_engine_port.h` of the conversion looks for it. */
const engineName = 'dropforge';

/** Whether this device has the accelerator: its device tree names it once the overlay is applied. */
export function hasEngine(directory = uioDirectory): boolean {
  try {
    return readdirSync(directory).some(
      (name) => readFileSync(join(directory, name, 'name'), 'utf8').trim() === engineName,
    );
  } catch {
    return false; // no such devices at all
  }
}
