import {
  abis,
  type DeviceProfile,
  describeFile,
  type Fault,
  type FileFacts,
  findBreaches,
  findMisfits,
  InspectionError,
  memoryPeak,
  offeredAbis,
  profileNames,
  profiles,
} from '@dropforge/artifact-inspection';
import { CliError } from '../cli-error.ts';
import { formatTable } from '../terminal/table.ts';
import type { Screen } from '../terminal/terminal.ts';
import { formatBytes } from '../terminal/text.ts';

/** One file against every device. */
export interface BinaryReport {
  readonly file: FileFacts;
  readonly devices: readonly {
    readonly profile: string;
    readonly devices: string;
    readonly faults: readonly Fault[];
  }[];
  /** Broken promises of a file that offers one of our ABIs; of another one there are no promises. */
  readonly contract: readonly Fault[];
  readonly fits: boolean;
}

/** `only`: the one device that counts; without it, one of them is enough. Throws what the reader found. */
export function inspectBinary(bytes: Uint8Array, where: string, only?: string): BinaryReport {
  const file = describe(bytes, where);
  const devices = profileNames
    .filter((name) => only === undefined || name === only)
    .map((name): BinaryReport['devices'][number] => {
      const profile: DeviceProfile = profiles[name];
      return { profile: name, devices: profile.devices, faults: findMisfits(file, profile) };
    });
  const abi = offeredAbis(file.exported);
  const role = file.kind === 'archive' || file.kind === 'object' ? 'archive' : 'library';
  const contract = abi.length > 0 ? findBreaches(file, role, abi) : [];
  return { file, devices, contract, fits: devices.some(({ faults }) => faults.length === 0) && contract.length === 0 };
}

function describe(bytes: Uint8Array, where: string): FileFacts {
  try {
    return describeFile(bytes);
  } catch (error) {
    if (!(error instanceof InspectionError)) throw error;
    const action = 'Convert the model again, or fetch the file again.';
    throw new CliError('refused', error.code, error.message, { where, action, cause: error });
  }
}

export function tellBinary(screen: Screen, { file, devices, contract }: BinaryReport): void {
  for (const line of formatTable(factRows(file))) screen.line(line);
  screen.line();
  const isForOther = (faults: readonly Fault[]) => faults.some(({ code }) => code === 'WRONG_MACHINE');
  const hasMachine = devices.some(({ faults }) => !isForOther(faults));
  for (const { profile, devices: machines, faults } of devices) {
    // That a file is for one machine and not for the others is no fault of it.
    if (hasMachine && isForOther(faults)) screen.line(`– ${profile.padEnd(8)}  another machine`, 'quiet');
    else tellVerdict(screen, profile.padEnd(8), faults, `fits: ${machines}`);
  }
  if (contract.length > 0) tellVerdict(screen, 'contract', contract, '');
}

/** A line when all is well, else one for each fault. */
export function tellVerdict(screen: Screen, subject: string, faults: readonly Fault<string>[], well: string): void {
  if (faults.length === 0) screen.line(`✓ ${subject}  ${well}`, 'good');
  for (const { code, message } of faults) screen.line(`✗ ${subject}  ${message} (${code})`, 'bad');
}

const kinds = { library: 'shared library', program: 'program', object: 'object file', archive: 'static library' };

function factRows(file: FileFacts): string[][] {
  const { hardening, arm } = file;
  const offered = offeredAbis(file.exported).map((abi) => {
    const here = abis[abi].filter((symbol) => file.exported.includes(symbol)).length;
    return `${abi} ${here} of ${abis[abi].length}`;
  });
  return [
    ['Kind', `${kinds[file.kind]} for ${file.machine}, ${file.class} bits, ${formatBytes(file.bytes)}`],
    ...(arm ? [['ARM', `EABI ${arm.eabi}, ${arm.floatAbi ?? 'unknown'} float, ${processor(arm)}`]] : []),
    ...(file.soname === null ? [] : [['Name', file.soname]]),
    ['Needs', listed([...(file.interpreter === null ? [] : [file.interpreter]), ...file.needed], 'no library')],
    [
      'Versions',
      listed(
        file.versions.map(({ version }) => version),
        'of no library',
      ),
    ],
    ['Asks for', listed(file.undefined, 'no symbol')],
    ['Offers', `${file.exported.length} symbols${offered.length > 0 ? `: ABI ${offered.join(', ')}` : ''}`],
    ['Hardening', hardeningText(file)],
    ['By itself', `${file.constructors} functions at loading, ${file.destructors} at unloading`],
    ['Memory', memoryText(file)],
    ...(hardening.textRelocations ? [['Relocations', 'in read-only memory']] : []),
  ];
}

function processor({ architecture, simd }: NonNullable<FileFacts['arm']>): string {
  // Addenda to the ABI for the Arm Architecture, table of Tag_CPU_arch: these are the ones that Linux boards have.
  const name =
    { 6: 'ARMv6', 10: 'ARMv7', 14: 'ARMv8' }[architecture ?? -1] ?? `architecture ${architecture ?? 'unknown'}`;
  return `${name}${simd ? ', NEON' : ''}`;
}

function hardeningText({ kind, hardening }: FileFacts): string {
  const { executableStack, relro, writableCode } = hardening;
  return [
    executableStack ? 'executable stack' : 'stack without code',
    writableCode ? 'writable code' : 'code read-only',
    ...(kind === 'library' || kind === 'program' ? [`RELRO ${relro}`] : []),
  ].join(', ');
}

function memoryText(file: FileFacts): string {
  const { mappedBytes } = memoryPeak(file, { pageBytes: 4_096 });
  const parts = file.segments
    .filter(({ memoryBytes }) => memoryBytes > 0)
    .map(({ access, memoryBytes }) => `${access} ${formatBytes(memoryBytes)}`);
  const shown = file.kind === 'library' || file.kind === 'program' ? ` (${parts.join(', ')})` : '';
  return `${formatBytes(mappedBytes)} in pages of 4 kB${shown}, and the stack`;
}

/** The first few of many. */
function listed(names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  const distinct = [...new Set(names)];
  return distinct.length <= 6
    ? distinct.join(', ')
    : `${distinct.slice(0, 6).join(', ')} and ${distinct.length - 6} more`;
}
