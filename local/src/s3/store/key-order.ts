/** Keys as S3 orders them: by the bytes of their UTF-8, not by UTF-16 as JavaScript compares strings. */

/** Sorts after every key, for no UTF-8 text has this byte. */
export const AFTER_ALL_KEYS: Buffer = Buffer.from([0xff]);

export function keyBytes(key: string): Buffer {
  return Buffer.from(key, 'utf8');
}

export function keyText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** The first key after this one. */
export function next(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])]);
}

/** The first key after all that start with the prefix. */
export function afterPrefix(prefix: Buffer): Buffer {
  const last = prefix.at(-1);
  if (last === undefined) return AFTER_ALL_KEYS;
  const end = Buffer.from(prefix);
  end[end.length - 1] = last + 1; // UTF-8 has no byte 0xff, so this never overflows
  return end;
}
