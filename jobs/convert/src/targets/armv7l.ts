import type { Target } from './target.ts';

/** 32-bit ARM with NEON and hard float, tuned for the Cortex-A9 of Cyclone V and Zynq-7000 boards. */
export const armv7l: Target = {
  name: 'armv7l',
  processor: 'armv7l',
  triple: 'arm-linux-gnueabihf',
  flags: ['-mcpu=cortex-a9', '-mfpu=neon', '-mfloat-abi=hard'],
  nodeArchitecture: 'arm',
  emulator: 'qemu-arm',
  packages: 'clang lld gcc-arm-linux-gnueabihf qemu-user',
};
