/** What the conversion knows about a kind of machine. */

export type TargetName = 'x86_64' | 'aarch64' | 'armv7l';

export interface Target {
  readonly name: TargetName;
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
}
