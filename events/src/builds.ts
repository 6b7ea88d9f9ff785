import type { Target } from './fields.ts';

/**
 * The builds that a kind of device runs, the best one first: the processor beside the accelerator can do without it. Apart
 * from the fields, since agents on devices read it without a checker of schemas.
 */
export const buildsFor: Readonly<Record<Target, readonly Target[]>> = {
  x86_64: ['x86_64'],
  aarch64: ['aarch64'],
  armv7l: ['armv7l'],
  fpga: ['fpga', 'armv7l'],
};
