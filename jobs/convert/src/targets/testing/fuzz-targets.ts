/** The runner's code that reads what strangers send, compiled with sanitizers around one fuzz target. */
import { join } from 'node:path';
import { defaultRuntimeDirectory } from '../build-target.ts';
import { defaultDecoderDirectory } from '../decoders.ts';
import { type ProgramOutcome, runProgram } from '../run-program.ts';

export type FuzzTargetName = 'image' | 'http';

/** Files of runner/ that each target needs. */
const runnerFiles: Readonly<Record<FuzzTargetName, readonly string[]>> = {
  image: ['image', 'image_header', 'jpeg', 'png', 'orientation', 'resize'],
  http: ['http', 'system'],
};

export const fuzzTargetNames = Object.keys(runnerFiles) as FuzzTargetName[]; // Object.keys forgets them
export const corpusOf = (name: FuzzTargetName) => join(defaultRuntimeDirectory, 'fuzz/corpus', name);

/**
 * Compiles for this machine. `fuzzer`: with libFuzzer (clang and Debian's libclang-rt-14-dev); else a program that runs
 * the files it is given, with gcc, which brings its sanitizers along.
 */
export function buildFuzzTarget(name: FuzzTargetName, output: string, fuzzer: boolean): Promise<ProgramOutcome> {
  const decoders = join(defaultDecoderDirectory, 'x86_64');
  const libraries = ['jpeg', 'png16', 'z'].map((library) => join(decoders, 'lib', `lib${library}.a`));
  const sources = [`fuzz/fuzz_${name}.c`, ...runnerFiles[name].map((file) => `runner/${file}.c`)];
  const flags = [
    ...['-std=c11', '-O1', '-g', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-ffp-contract=off'],
    ...['-Iinclude', '-isystem', join(decoders, 'include')],
    `-fsanitize=address,undefined${fuzzer ? ',fuzzer' : ''}`,
    '-fno-sanitize-recover=all',
  ];
  const replay = fuzzer ? [] : ['fuzz/replay.c'];
  const programArguments = [
    ...flags,
    ...sources,
    ...replay,
    ...(name === 'image' ? libraries : []),
    '-lm',
    '-o',
    output,
  ];
  const options = { directory: defaultRuntimeDirectory, timeoutSeconds: 120 };
  return runProgram(fuzzer ? 'clang' : 'gcc', programArguments, options);
}
