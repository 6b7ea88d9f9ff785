/** Finds a C compiler for a target: clang with lld, else the GNU compiler of the target's triple. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Target } from './target.ts';

export interface Compiler {
  readonly program: string;
  /** Where the program lies. */
  readonly path: string;
  /** Before every other argument. */
  readonly targetArguments: readonly string[];
  readonly linkArguments: readonly string[];
}

/** Null when neither compiler is installed. `searchPath`: directories as in PATH. */
export async function findCompiler(target: Target, searchPath: string): Promise<Compiler | null> {
  // gcc 12 makes the table-lookup kernel a tenth slower, so clang comes first.
  const clang = await findProgram('clang', searchPath);
  if (clang !== null && (await findProgram('ld.lld', searchPath)) !== null) {
    return {
      program: 'clang',
      path: clang,
      targetArguments: [`--target=${target.triple}`],
      linkArguments: ['-fuse-ld=lld'],
    };
  }
  const gcc = `${target.triple}-gcc`;
  const path = await findProgram(gcc, searchPath);
  if (path === null) return null;
  // Else gcc turns loops into calls of memset, which freestanding code does not have.
  return { program: gcc, path, targetArguments: ['-fno-tree-loop-distribute-patterns'], linkArguments: [] };
}

/** Null when it is not installed. */
export async function findProgram(program: string, searchPath: string): Promise<string | null> {
  for (const directory of searchPath.split(delimiter)) {
    try {
      const path = join(directory, program);
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this directory; the next one may have it.
    }
  }
  return null;
}
