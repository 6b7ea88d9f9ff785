import { isArchive, readArchive } from './elf/read-archive.ts';
import { type ElfFacts, readElf } from './elf/read-elf.ts';
import { InspectionError } from './inspection-error.ts';

/** What a library, a program, an object file or an archive of them says about itself. */
export interface FileFacts extends Omit<ElfFacts, 'kind'> {
  readonly kind: ElfFacts['kind'] | 'archive';
  /** Size of the file. */
  readonly bytes: number;
}

/** True for bytes that `describeFile` takes for its own, whether or not it can read them. */
export function isBinary(bytes: Uint8Array): boolean {
  return isArchive(bytes) || (bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46);
}

/** Throws InspectionError, and nothing else. */
export function describeFile(bytes: Uint8Array): FileFacts {
  return { ...(isArchive(bytes) ? describeArchive(bytes) : readElf(bytes)), bytes: bytes.length };
}

/** The members as the linker joins them: what one defines is not missing in another. */
function describeArchive(bytes: Uint8Array): Omit<FileFacts, 'bytes'> {
  const members = readArchive(bytes).map(({ facts }) => facts);
  const [first] = members;
  if (!first) throw new InspectionError('MALFORMED', 'The archive has no object file.');
  const odd = members.find(({ machine, class: bits }) => machine !== first.machine || bits !== first.class);
  if (odd)
    throw new InspectionError('MALFORMED', `The archive has members for ${first.machine} and for ${odd.machine}.`);
  const exported = [...new Set(members.flatMap((member) => member.exported))].sort();
  const hidden = [...new Set(members.flatMap((member) => member.hidden))].sort();
  const defined = new Set([...exported, ...hidden]);
  const sum = (count: (member: ElfFacts) => number) => members.reduce((total, member) => total + count(member), 0);
  const any = (has: (member: ElfFacts) => boolean) => members.some(has);
  return {
    ...first,
    kind: 'archive',
    // One soft member makes the whole unfit; a member without floating point does not say.
    arm: members.map(({ arm }) => arm).find((arm) => arm?.floatAbi === 'soft') ?? first.arm,
    ...{ exported, hidden },
    undefined: [...new Set(members.flatMap((member) => member.undefined))].filter((name) => !defined.has(name)).sort(),
    hardening: {
      ...first.hardening,
      executableStack: any(({ hardening }) => hardening.executableStack),
      writableCode: any(({ hardening }) => hardening.writableCode),
    },
    constructors: sum(({ constructors }) => constructors),
    destructors: sum(({ destructors }) => destructors),
    threadBytes: sum(({ threadBytes }) => threadBytes),
    segments: members.flatMap(({ segments }) => segments),
  };
}
