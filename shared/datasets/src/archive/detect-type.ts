/** What a dropped file is, by its first bytes; names lie. */
export type ArchiveType =
  | { readonly type: 'zip' | 'tar' | 'gzip' | 'empty' }
  | { readonly type: 'unsupported'; readonly what: string }
  | { readonly type: 'none'; readonly what: string };

/** Bytes that `detectArchiveType` wants to see: one tar header. */
export const HEAD_BYTES = 512;

/** First bytes of formats that people drop by mistake. Sources: the formats' own specifications, as in file(1). */
const signatures: readonly (readonly [latin1: string, what: string, isArchive: boolean])[] = [
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive', true],
  ['Rar!\x1a\x07', 'a RAR archive', true],
  ['\xfd7zXZ\0', 'an xz file', true],
  ['BZh', 'a bzip2 file', true],
  ['\x28\xb5\x2f\xfd', 'a Zstandard file', true],
  ['\x04\x22\x4d\x18', 'an LZ4 file', true],
  ['PK\x07\x08', 'one part of a split zip', true],
  ['\xff\xd8\xff', 'a JPEG image', false],
  ['\x89PNG', 'a PNG image', false],
  ['%PDF', 'a PDF document', false],
  ['\x89HDF', 'an HDF5 file', false],
  ['PAR1', 'a Parquet file', false],
];

/** Reads the type from the first `HEAD_BYTES` bytes (fewer only when the file is shorter). */
export function detectArchiveType(head: Buffer): ArchiveType {
  if (head.length === 0) return { type: 'empty' };
  const start = head.toString('latin1', 0, 8);
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return { type: 'zip' };
  if (start.startsWith('\x1f\x8b\x08')) return { type: 'gzip' };
  for (const [signature, what, isArchive] of signatures) {
    if (start.startsWith(signature)) return { type: isArchive ? 'unsupported' : 'none', what };
  }
  if (isTarHeader(head)) return { type: 'tar' };
  if (isText(head)) return { type: 'none', what: 'it is a text file' };
  return { type: 'none', what: 'its first bytes are those of no archive' };
}

/**
 * A tar header sums to its own checksum (POSIX.1-2017 pax, ustar: octal at 148, those 8 bytes counted as blanks).
 * A block of zeros is the end of an archive, hence an empty one.
 */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < HEAD_BYTES) return false;
  let sum = 8 * 32;
  for (let i = 0; i < HEAD_BYTES; i += 1) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  if (sum === 8 * 32) return true;
  return (
    sum ===
    Number.parseInt(
      block
        .toString('latin1', 148, 156)
        .replace(/[\0 ]+$/, '')
        .trim(),
      8,
    )
  );
}

/** UTF-8 with no control characters but tabs and line ends; the last character may be cut by the end of the head. */
function isText(head: Buffer): boolean {
  const text = new TextDecoder('utf-8').decode(head, { stream: true });
  return !text.includes('\uFFFD') && !/(?![\t\r\n\f])\p{Cc}/u.test(text);
}
