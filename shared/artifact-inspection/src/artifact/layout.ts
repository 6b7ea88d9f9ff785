import { type AbiName, abiNames } from '../judge/abi.ts';
import type { Role } from '../judge/keeps-contract.ts';
import { type ProfileName, profileNames } from '../judge/profiles.ts';

/** A place in `output/` where a binary for one target lies. */
export interface Place {
  readonly target: ProfileName;
  readonly role: Role;
  /** Whose symbols it must have. */
  readonly abis: readonly AbiName[];
}

/** Blueoil's names for the libraries. x86 has two of them, and one library that chooses its kernels when it runs. */
const libraryNames: Readonly<Record<ProfileName, readonly string[]>> = {
  x86_64: ['x86', 'x86_avx'],
  aarch64: ['aarch64'],
  armv7l: ['arm'],
  fpga: ['fpga'],
};

const places = new Map(profileNames.flatMap((target) => placesFor(target)));

function placesFor(target: ProfileName): [path: string, place: Place][] {
  const names = libraryNames[target];
  return [
    [`bin/${target}/dropforge-run`, { target, role: 'program', abis: [] }],
    ...names.map((name): [string, Place] => [
      `models/lib/libdlk_${name}.so`,
      { target, role: 'library', abis: abiNames },
    ]),
    [`models/lib/libdlk_${names[0]}.a`, { target, role: 'archive', abis: abiNames }],
  ];
}

/** What a path inside `output/` is for; undefined: no binary has its place there. */
export function placeOf(path: string): Place | undefined {
  return places.get(path);
}

/** Every file that an artifact must have for a target. */
export function pathsOf(target: ProfileName): string[] {
  return [...places].filter(([, place]) => place.target === target).map(([path]) => path);
}
