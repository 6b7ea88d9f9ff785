/** `ar` archives of object files, as linkers read them. Format: ar(5); long names as GNU and System V write them. */
import { InspectionError } from '../inspection-error.ts';
import { limits } from './limits.ts';
import { type ElfFacts, readElf } from './read-elf.ts';

export interface ArchiveMember {
  readonly name: string;
  readonly facts: ElfFacts;
}

const MAGIC = '!<arch>\n';
const THIN_MAGIC = '!<thin>\n';
const HEADER_BYTES = 60;

export function isArchive(bytes: Uint8Array): boolean {
  const start = latin1(bytes.subarray(0, MAGIC.length));
  return start === MAGIC || start === THIN_MAGIC;
}

/** The object files of an archive. Throws InspectionError, which names the member. */
export function readArchive(bytes: Uint8Array): ArchiveMember[] {
  if (latin1(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    throw new InspectionError('NOT_SUPPORTED', 'The file is no archive, or one whose members lie elsewhere.');
  const members: ArchiveMember[] = [];
  let longNames = '';
  let count = 0;
  for (let at = MAGIC.length; at < bytes.length; ) {
    if (++count > limits.archiveMembers)
      throw new InspectionError('TOO_LARGE', `The archive has more than ${limits.archiveMembers} members.`);
    const { name, size } = readHeader(bytes, at);
    const content = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + size);
    if (content.length < size)
      throw new InspectionError('TRUNCATED', `The archive ends within its member ${name || count}.`);
    at += HEADER_BYTES + size + (size % 2);
    if (name === '//') longNames = latin1(content);
    // "/" and "/SYM64/" are tables of symbols, which a linker makes anew from the members.
    else if (name !== '/' && name !== '/SYM64/') members.push(readMember(memberName(name, longNames), content));
  }
  return members;
}

function readHeader(bytes: Uint8Array, at: number): { name: string; size: number } {
  const header = latin1(bytes.subarray(at, at + HEADER_BYTES));
  if (header.length < HEADER_BYTES) throw new InspectionError('TRUNCATED', 'The archive ends within a header.');
  const size = header.slice(48, 58).trimEnd();
  if (header.slice(58) !== '`\n' || !/^\d{1,10}$/.test(size))
    throw new InspectionError('MALFORMED', `The archive has no member's header at byte ${at}.`);
  return { name: header.slice(0, 16).trimEnd(), size: Number(size) };
}

/** `/12` points into the list of long names, where a name ends with "/" and a new line. */
function memberName(name: string, longNames: string): string {
  const [, start] = /^\/(\d{1,10})$/.exec(name) ?? [];
  if (start === undefined) return name.replace(/\/$/, '');
  const long = longNames.slice(Number(start), Number(start) + limits.nameBytes);
  return long.split(/\/?\n/, 1)[0] ?? '';
}

function readMember(name: string, content: Uint8Array): ArchiveMember {
  try {
    const facts = readElf(content);
    if (facts.kind === 'object') return { name, facts };
    throw new InspectionError('NOT_SUPPORTED', 'It is no object file.');
  } catch (error) {
    if (!(error instanceof InspectionError)) throw error;
    throw new InspectionError(error.code, `Member ${name}: ${error.message}`);
  }
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}
