import type { Target } from './target.ts';

/** Any 64-bit PC: compiled for the first of them, with faster kernels that are chosen at run time. */
export const x86_64: Target = {
  name: 'x86_64',
  processor: 'x86_64',
  triple: 'x86_64-linux-gnu',
  flags: ['-march=x86-64', '-mtune=generic'],
  nodeArchitecture: 'x64',
  emulator: 'qemu-x86_64',
  packages: 'clang lld libc6-dev qemu-user',
};
