import { armv7l } from './armv7l.ts';
import type { Target } from './target.ts';

/** The DE10-Nano with the engine in its FPGA: the processor of `armv7l`, which computes the head alone. */
export const fpga: Target = {
  ...armv7l,
  name: 'fpga',
  // ARM's own instructions: with Thumb's, r7 is the frame pointer, and system calls need it.
  flags: [...armv7l.flags, '-marm'],
  engine: {
    array: '64x64',
    runtime: ['df_api.c', 'df_dlk.c', 'df_head.c', 'df_softmax.c'],
  },
};
