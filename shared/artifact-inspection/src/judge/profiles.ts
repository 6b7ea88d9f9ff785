/** The machines that models are made for, as data: what a file must fit before it is sent there. */

export interface DeviceProfile {
  /** The name of the target. */
  readonly name: string;
  /** Which machines these are. */
  readonly devices: string;
  /** As in ElfFacts. */
  readonly machine: string;
  readonly class: 32 | 64;
  /** 32-bit ARM only: how floating point arguments are passed, and the newest instructions that the processor has. */
  readonly arm: {
    readonly floatAbi: 'hard';
    readonly architecture: number;
    readonly floatingPoint: number;
    readonly simd: number;
  } | null;
  /** The program that loads others, by its path on the device. */
  readonly interpreter: string;
  /** Shared libraries that every such device has. */
  readonly libraries: readonly string[];
  /** The oldest GNU C library among the devices, as [2, 31]. */
  readonly glibc: readonly [major: number, minor: number];
  /** Of one library or program on the disk. */
  readonly maximumFileBytes: number;
  /** Of one network at work: what is mapped, with its stack. */
  readonly maximumMemoryBytes: number;
  /** The largest page of the devices' kernels: memory comes in these. */
  readonly pageBytes: number;
}

const MiB = 2 ** 20;
/** The GNU C library and what compilers link beside it. */
const base = [
  'libc.so.6',
  'libm.so.6',
  'libpthread.so.0',
  'libdl.so.2',
  'librt.so.1',
  'libgcc_s.so.1',
  'libstdc++.so.6',
];

const cortexA9 = {
  name: 'armv7l',
  devices: 'DE10-Nano and other boards with a Cortex-A9, hard float',
  ...{ machine: 'arm', class: 32 },
  // ARMv7; VFPv3 (4 is the one with 16 registers); NEON without fused multiply-add: the processor of Cyclone V.
  arm: { floatAbi: 'hard', architecture: 10, floatingPoint: 4, simd: 1 },
  interpreter: '/lib/ld-linux-armhf.so.3',
  libraries: [...base, 'ld-linux-armhf.so.3'],
  glibc: [2, 23], // Ubuntu 16.04, the system of Blueoil's image for the DE10-Nano
  // Of its 1 GiB the system on the FPGA takes a half.
  ...{ maximumFileBytes: 32 * MiB, maximumMemoryBytes: 256 * MiB, pageBytes: 4_096 },
} as const satisfies DeviceProfile;

export const profiles = {
  x86_64: {
    name: 'x86_64',
    devices: 'any 64-bit PC or server',
    ...{ machine: 'x86_64', class: 64, arm: null },
    interpreter: '/lib64/ld-linux-x86-64.so.2',
    libraries: [...base, 'ld-linux-x86-64.so.2'],
    glibc: [2, 28], // Debian 10 and RHEL 8
    ...{ maximumFileBytes: 64 * MiB, maximumMemoryBytes: 1_024 * MiB, pageBytes: 4_096 },
  },
  aarch64: {
    name: 'aarch64',
    devices: 'Raspberry Pi 3, 4 and 5 with a 64-bit system, Graviton',
    ...{ machine: 'aarch64', class: 64, arm: null },
    interpreter: '/lib/ld-linux-aarch64.so.1',
    libraries: [...base, 'ld-linux-aarch64.so.1'],
    glibc: [2, 31], // Raspberry Pi OS 11, the first one with 64 bits
    // The smallest board, a Raspberry Pi 3 A+, has 512 MiB. The kernel of the Raspberry Pi 5 has pages of 16 KiB.
    ...{ maximumFileBytes: 32 * MiB, maximumMemoryBytes: 256 * MiB, pageBytes: 16_384 },
  },
  armv7l: cortexA9,
  fpga: { ...cortexA9, name: 'fpga', devices: 'DE10-Nano with the engine in its FPGA' },
} as const satisfies Record<string, DeviceProfile>;

export type ProfileName = keyof typeof profiles;
export const profileNames = Object.keys(profiles) as ProfileName[]; // Object.keys forgets them

/** The profile whose machine this is, without what lies beside the processor; undefined: none. */
export function profileOf(machine: string): DeviceProfile | undefined {
  return profileNames.map((name) => profiles[name]).find((profile) => profile.machine === machine);
}
