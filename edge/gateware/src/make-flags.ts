import { hasTool } from './run-tool.ts';

/**
 * Options of Verilator for the compiler behind it: how much of a model is optimized, nothing else is; and clang where there is
 * one, which takes two thirds of the time for models as fast.
 */
export function makeFlags(optimization: '-O0' | '-O1'): string[] {
  const compiler = hasTool('clang++') ? ' CXX=clang++ LINK=clang++' : '';
  return ['-MAKEFLAGS', `OPT_FAST=${optimization} OPT_SLOW=-O0 OPT_GLOBAL=-O0${compiler}`];
}
