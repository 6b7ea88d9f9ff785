import type { Target } from './target.ts';

/** Any 64-bit ARM: Raspberry Pi 3 and later, Graviton. NEON is part of the architecture. */
export const aarch64: Target = {
  name: 'aarch64',
  processor: 'aarch64',
  triple: 'aarch64-linux-gnu',
  // Atomic operations inline: the library has no run-time library to call.
  flags: ['-march=armv8-a', '-mno-outline-atomics'],
  nodeArchitecture: 'arm64',
  emulator: 'qemu-aarch64',
  packages: 'clang lld gcc-aarch64-linux-gnu qemu-user',
};
