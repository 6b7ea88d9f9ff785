/** Every machine that a model can be converted for. */
import { aarch64 } from './aarch64.ts';
import { armv7l } from './armv7l.ts';
import { fpga } from './fpga.ts';
import type { Target, TargetName } from './target.ts';
import { x86_64 } from './x86-64.ts';

export const targets: Readonly<Record<TargetName, Target>> = { x86_64, aarch64, armv7l, fpga };

export function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(targets, name);
}
