/**
 * A write-ahead log position: an unsigned 64-bit byte offset, kept as bigint because a JS number
 * is exact only up to 2^53. Text form is `X/X` in hexadecimal, unpadded, as Postgres prints pg_lsn.
 */
export type Lsn = bigint;

/** The position that no record has (`InvalidXLogRecPtr`). */
export const NO_LSN: Lsn = 0n;

/** Parses `16/B374D848`. Throws a RangeError naming the text when it is not an LSN. */
export function parseLsn(text: string): Lsn {
  const match = /^([0-9a-fA-F]{1,8})\/([0-9a-fA-F]{1,8})$/.exec(text);
  if (!match) throw new RangeError(`"${text}" is not an LSN; expected two hexadecimal halves such as 16/B374D848`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/** Prints an LSN as Postgres does. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** Distance in bytes, never negative; a JS number (safe below 8 PiB). */
export function lsnDistance(newer: Lsn, older: Lsn): number {
  return newer > older ? Number(newer - older) : 0;
}

/** The later of two positions. */
export function laterLsn(one: Lsn, other: Lsn): Lsn {
  if (one > other) return one;
  return other;
}
