import type { Target } from './target.ts';

/** Any 64-bit ARM: Raspberry Pi 3 and later, Graviton. NEON is part of the architecture. */
export const aarch64: Target = {
  name: 'aarch64',
  triple: 'aarch64-linux-gnu',
  flags: ['-march=armv8-a'],
  nodeArchitecture: 'arm64',
  emulator: 'qemu-aarch64',
  packages: 'clang lld gcc-aarch64-linux-gnu qemu-user',
};
