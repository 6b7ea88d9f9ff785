/** What the conversion knows about a kind of machine. */

import type { ArrayName } from '../fpga/index.ts';

export type TargetName = 'x86_64' | 'aarch64' | 'armv7l' | 'fpga';

export interface Target {
  readonly name: TargetName;
  /** The target for this processor alone; what is fetched for its programs serves this target too. */
  readonly processor: Exclude<TargetName, 'fpga'>;
  /** GNU triple: clang's `--target`, and the prefix of the GNU compiler. */
  readonly triple: string;
  /** Processor and ABI. */
  readonly flags: readonly string[];
  /** Value of Node's `process.arch` on such a machine, where its programs run natively. */
  readonly nodeArchitecture: NodeJS.Architecture;
  /** User-mode emulator for every other machine. */
  readonly emulator: string;
  /** Debian packages that bring the compiler's C library and the emulator, for the messages. */
  readonly packages: string;
  /** Where an engine beside the processor runs the network. */
  readonly engine?: {
    /** What the engine was built as. */
    readonly array: ArrayName;
    /** Of the runtime's sources the ones that its library needs, besides those for engines. */
    readonly runtime: readonly string[];
  };
}
