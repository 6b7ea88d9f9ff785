/**
 * FNV-1a, 32 bits, as 8 hex digits: a fingerprint that small C programs compute too. It finds accidents, not forgeries.
 * http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function fingerprint(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
