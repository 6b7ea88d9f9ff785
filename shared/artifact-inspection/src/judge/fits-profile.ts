import type { FileFacts } from '../describe-file.ts';
import { glibcFloor } from '../elf/versions.ts';
import { type Fault, type FaultCode, someOf } from './fault.ts';
import { memoryPeak } from './memory.ts';
import type { DeviceProfile } from './profiles.ts';

/** Everything that keeps a file from being loaded on such a device; none: it fits. `stackBytes`: see memoryPeak. */
export function findMisfits(facts: FileFacts, profile: DeviceProfile, stackBytes?: number): Fault[] {
  // Of a file for another machine the rest would be noise.
  if (facts.machine !== profile.machine || facts.class !== profile.class) {
    const message = `It is for ${machineName(facts)}, not for ${machineName(profile)}.`;
    return [{ code: 'WRONG_MACHINE', message }];
  }
  const { peakBytes } = memoryPeak(facts, profile, stackBytes);
  return [
    ...findForeignSystem(facts),
    ...findArmMisfits(facts, profile),
    ...findMissingLibraries(facts, profile),
    ...findSmallPages(facts, profile),
    ...findExcess('TOO_LARGE', `It has ${facts.bytes} bytes`, facts.bytes, profile.maximumFileBytes),
    ...findExcess('MEMORY_PEAK', `It takes ${peakBytes} bytes of memory`, peakBytes, profile.maximumMemoryBytes),
  ];
}

function findForeignSystem({ osAbi }: FileFacts): Fault[] {
  if (osAbi === 'System V' || osAbi === 'GNU/Linux') return [];
  return [{ code: 'WRONG_OS_ABI', message: `It is for the operating system ABI ${osAbi}, not for Linux.` }];
}

function findExcess(code: FaultCode, what: string, bytes: number, maximum: number): Fault[] {
  return bytes <= maximum ? [] : [{ code, message: `${what}; the device's limit is ${maximum}.` }];
}

function findArmMisfits({ arm }: FileFacts, profile: DeviceProfile): Fault[] {
  if (!profile.arm || !arm) return [];
  const faults: Fault[] = [];
  const says = (code: FaultCode, message: string) => faults.push({ code, message });
  if (arm.eabi !== 5) says('WRONG_OS_ABI', `It has version ${arm.eabi} of the ARM EABI, not 5.`);
  if (arm.floatAbi !== profile.arm.floatAbi)
    says(
      'WRONG_FLOAT_ABI',
      `It passes floating point numbers by ${arm.floatAbi ?? 'an unknown'} float, not by hard float.`,
    );
  const beyond = (
    [
      ['architecture', arm.architecture ?? 0, profile.arm.architecture],
      ['floating point unit', arm.floatingPoint ?? 0, profile.arm.floatingPoint],
      ['SIMD unit', arm.simd ?? 0, profile.arm.simd],
    ] as const
  ).filter(([, needs, has]) => needs > has);
  for (const [what, needs, has] of beyond)
    says('WRONG_PROCESSOR', `It is compiled for ${what} ${needs} of the ARM ABI's list; the device has ${has}.`);
  return faults;
}

function findMissingLibraries({ needed, versions, interpreter }: FileFacts, profile: DeviceProfile): Fault[] {
  const faults: Fault[] = [];
  const missing = needed.filter((name) => !profile.libraries.includes(name));
  if (missing.length > 0)
    faults.push({ code: 'NEEDS_LIBRARY', message: `It needs ${someOf(missing)}, which the device may not have.` });
  const floor = glibcFloor(versions);
  if (floor && compareVersions(floor, profile.glibc) > 0)
    faults.push({
      code: 'NEEDS_GLIBC',
      message: `It needs version ${floor.join('.')} of the GNU C library; devices have ${profile.glibc.join('.')}.`,
    });
  if (interpreter !== null && interpreter !== profile.interpreter)
    faults.push({ code: 'NEEDS_INTERPRETER', message: `It is loaded by ${interpreter.slice(0, 200)}.` });
  return faults;
}

/** What is linked for small pages cannot be mapped by a kernel that has larger ones. */
function findSmallPages({ segments }: FileFacts, { pageBytes }: DeviceProfile): Fault[] {
  const smallest = Math.min(...segments.map((segment) => segment.pageBytes || pageBytes));
  if (smallest >= pageBytes) return [];
  return [
    { code: 'PAGE_SIZE', message: `It can be mapped in pages of ${smallest} bytes; devices have up to ${pageBytes}.` },
  ];
}

function compareVersions([a, b]: readonly [number, number], [c, d]: readonly [number, number]): number {
  return a - c || b - d;
}

function machineName({ machine, class: bits }: { machine: string; class: 32 | 64 }): string {
  return /^\d+$/.test(machine) ? `machine ${machine} (${bits} bits)` : machine;
}
