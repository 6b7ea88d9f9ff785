import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasTool, runTool } from './run-tool.ts';
import { driver } from './sources.ts';

const warnings = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror'];

describe.skipIf(!hasTool('clang'))('the driver', () => {
  it.each([
    ['C for the processor of the board', ['-std=c11', '--target=arm-linux-gnueabihf', '-mcpu=cortex-a9']],
    ['C for this machine', ['-std=c11']],
    ['C++, as the simulator reads its header', ['-std=c++17', '-x', 'c++']],
  ])('is clean %s', (_, options) => {
    // Freestanding, since it needs nothing of a C library but its two headers of types.
    const source = join(driver, options.includes('c++') ? 'df_fpga.h' : 'df_fpga.c');
    expect(runTool('clang', [...options, ...warnings, '-ffreestanding', '-fsyntax-only', source])).toBe('');
  });
});
