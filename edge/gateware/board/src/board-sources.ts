/** The files of the board's top level, beside those of the engine. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const boardRoot = fileURLToPath(new URL('..', import.meta.url));

/** Absolute paths of the modules whose names begin so. */
export function boardModules(prefix = 'df_'): string[] {
  const names = readdirSync(join(boardRoot, 'rtl')).filter((name) => name.startsWith(prefix) && name.endsWith('.sv'));
  return names.sort().map((name) => join(boardRoot, 'rtl', name));
}
