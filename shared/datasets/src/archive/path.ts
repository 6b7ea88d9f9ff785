import type { Limits } from '../limits.ts';

/** A path that is safe to reason about, or why it is not. */
export type CleanPath = { readonly path: string } | { readonly unsafe: string };

/**
 * Checks an entry's path and brings it to one form: NFC, `/` between names, no `.` or empty segments, no trailing slash.
 * Nothing is ever written under this path; refusing `..` and the like protects who unpacks the drop elsewhere.
 */
export function cleanPath(raw: string, limits: Pick<Limits, 'pathBytes' | 'depth'>): CleanPath {
  if (raw.includes('\0')) return { unsafe: 'contains a NUL character' };
  if (Buffer.byteLength(raw) > limits.pathBytes) return { unsafe: `is longer than ${limits.pathBytes} bytes` };
  if (raw.includes('\\')) return { unsafe: 'contains a backslash' };
  if (raw.startsWith('/')) return { unsafe: 'is absolute' };
  const segments = raw
    .normalize('NFC')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.');
  if (/^[A-Za-z]:/.test(segments[0] ?? '')) return { unsafe: 'starts with a drive letter' };
  if (segments.includes('..')) return { unsafe: 'climbs out with ".."' };
  if (segments.length > limits.depth + 1) return { unsafe: `lies more than ${limits.depth} folders deep` };
  return { path: segments.join('/') };
}

/** Files that operating systems and editors leave behind: dot files and folders, `__MACOSX/`, thumbnails' databases. */
export function isSystemLitter(path: string): boolean {
  return path
    .split('/')
    .some((s) => s.startsWith('.') || s === '__MACOSX' || /^(thumbs\.db|ehthumbs\.db|desktop\.ini|@eadir)$/i.test(s));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text, or undefined when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
