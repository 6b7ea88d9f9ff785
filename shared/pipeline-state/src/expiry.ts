/**
 * Items that DynamoDB may forget: it deletes them within some days after the second that stands in their `expiresAt`.
 * Until then they are still read, so whoever reads one asks `isExpired`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export interface Expiring {
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** What an item gets that is kept for so many days from now. `now`: milliseconds since 1970. */
export function expiresIn(days: number, now: number): Expiring {
  return { expiresAt: toSeconds(now) + days * 86_400 };
}

/** True for an item that counts as gone. One without `expiresAt` stays. `now`: milliseconds since 1970. */
export function isExpired(item: Readonly<Record<string, unknown>>, now: number): boolean {
  return typeof item.expiresAt === 'number' && item.expiresAt < toSeconds(now);
}

/** For conditions: `expiresAt < :seconds` is what `isExpired` says. */
export function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
