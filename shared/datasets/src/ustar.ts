/**
 * Plain ustar (POSIX.1-1988), the same bytes for the same content everywhere: no time, no owner, mode 0644. Names have at
 * most 100 ASCII characters and files less than 8 GiB, which the callers' names and limits guarantee.
 */
const BLOCK = 512;

/** Two blocks of zeros end an archive. */
export const endOfArchiveBytes = 2 * BLOCK;

/** Bytes that a file of `size` bytes takes in the archive: its header and its content, padded to whole blocks. */
export function entryBytes(size: number): number {
  return BLOCK + Math.ceil(size / BLOCK) * BLOCK;
}

/** Writes header and content at `offset` of an archive that is zeros there. */
export function writeEntry(archive: Buffer, offset: number, name: string, content: Buffer): void {
  const header = archive.subarray(offset, offset + BLOCK);
  if (name.length > 100) throw new RangeError(`the name ${name} is longer than 100 characters`);
  header.write(name, 0, 'latin1');
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1'); // owner
  header.write('0000000\0', 116, 'latin1'); // group
  header.write(`${octal(content.length, 11)}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1'); // time
  header.write('        0', 148, 'latin1'); // the checksum counts as blanks while summing; then type: file
  header.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  content.copy(archive, offset + BLOCK);
}

const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
