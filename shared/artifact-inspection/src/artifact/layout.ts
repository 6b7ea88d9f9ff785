import type { AbiName } from '../judge/abi.ts';
import type { Role } from '../judge/keeps-contract.ts';
import type { ProfileName } from '../judge/profiles.ts';

/** A place in `output/` where a binary for one target lies. */
export interface Place {
  readonly target: ProfileName;
  readonly role: Role;
  /** Whose symbols it must have. */
  readonly abis: readonly AbiName[];
}

/** What a path inside `output/` is for; undefined: no binary has its place there. */
export function placeOf(path: string): Place | undefined {
  const [, folder, target, name] = /^(bin|lib)\/(x86_64|aarch64|armv7l)\/([\w.-]+)$/.exec(path) ?? [];
  if (folder === 'bin' && name === 'dropforge-run') return { target: target as ProfileName, role: 'program', abis: [] }; // by the pattern
  if (folder === 'lib' && name === 'libdropforge.so')
    return { target: target as ProfileName, role: 'library', abis: ['dropforge'] }; // by the pattern
  return undefined;
}

/** What a target of an artifact must have. */
export const requiredRoles: readonly Role[] = ['program', 'library'];
