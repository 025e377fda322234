import type { ByteWriter } from './byte-writer';
import { daysFromCivil } from './calendar';
import { type BytesToJson, digitsEnd, writeWhole } from './json-bytes';

const SECONDS_PER_DAY = 86_400;
const DAYS_OF_MONTH = new Uint8Array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/** The two digits at `at`, NaN when they are none. */
function two(from: Buffer, at: number): number {
  const tens = (from[at] as number) - 0x30;
  const ones = (from[at + 1] as number) - 0x30;
  return tens >>> 0 < 10 && ones >>> 0 < 10 ? tens * 10 + ones : Number.NaN;
}

/** `YYYY-MM-DD` of a year of four digits → days since 1970-01-01; NaN when it is none. `end` is behind all ten bytes. */
function daysAt(from: Buffer, at: number): number {
  const year = two(from, at) * 100 + two(from, at + 2);
  const parted = from[at + 4] === 0x2d && from[at + 7] === 0x2d;
  return parted ? daysFromCivil(year, two(from, at + 5), two(from, at + 8)) : Number.NaN;
}

/** `HH:MM:SS` → seconds; NaN when it is none. */
function secondsAt(from: Buffer, at: number): number {
  const parted = from[at + 2] === 0x3a && from[at + 5] === 0x3a;
  return parted ? two(from, at) * 3600 + two(from, at + 3) * 60 + two(from, at + 6) : Number.NaN;
}

/** Digits behind the point that stands at `at`, or none where a value ends; -1 when it is neither. */
function fractionDigits(from: Buffer, at: number, end: number): number {
  if (at === end) return 0;
  const digits = end - at - 1;
  return from[at] === 0x2e && digits > 0 && digits <= 6 && digitsEnd(from, at + 1, end) === end ? digits : -1;
}

/** date → days since the epoch. */
export function epochDaysBytes(otherwise: BytesToJson): BytesToJson {
  return (out, from, start, end) => {
    const days = end - start === 10 ? daysAt(from, start) : Number.NaN;
    if (!(days >= 0)) {
      otherwise(out, from, start, end);
      return;
    }
    out.room(16);
    writeWhole(out, days);
  };
}

/** timestamp → a number since the epoch with so many digits of fraction. */
export function timestampNumberBytes(digits: number, otherwise: BytesToJson): BytesToJson {
  return (out, from, start, end) => {
    const long = end - start >= 19 && from[start + 10] === 0x20;
    const seconds = long ? daysAt(from, start) * SECONDS_PER_DAY + secondsAt(from, start + 11) : Number.NaN;
    const places = long ? fractionDigits(from, start + 19, end) : -1;
    if (seconds > 0 && places !== -1) writeScaled(out, seconds, from, end - places, places, digits);
    else otherwise(out, from, start, end);
  };
}

/** time → a number since midnight. */
export function timeNumberBytes(digits: number, otherwise: BytesToJson): BytesToJson {
  return (out, from, start, end) => {
    const long = end - start >= 8;
    const seconds = long ? secondsAt(from, start) : Number.NaN;
    const places = long ? fractionDigits(from, start + 8, end) : -1;
    if (seconds > 0 && places !== -1) writeScaled(out, seconds, from, end - places, places, digits);
    else otherwise(out, from, start, end);
  };
}

/** Seconds, and behind them a fraction of so many `digits`: the `places` digits at `at`, filled up or cut. */
function writeScaled(out: ByteWriter, seconds: number, from: Buffer, at: number, places: number, digits: number): void {
  out.room(32);
  writeWhole(out, seconds);
  for (let digit = 0; digit < digits; digit += 1) out.bytes[out.at++] = digit < places ? (from[at + digit] as number) : 0x30;
}

/** timestamptz(p), which comes in UTC, → ISO 8601 with p digits of fraction. */
export function timestamptzBytes(precision: number, otherwise: BytesToJson): BytesToJson {
  return (out, from, start, end) => {
    const zone = end - 3;
    const places = isInstant(from, start, zone) ? fractionDigits(from, start + 19, zone) : -1;
    if (places === -1) {
      otherwise(out, from, start, end);
      return;
    }
    out.room(32);
    const to = out.bytes;
    let at = out.at;
    to[at++] = 0x22;
    for (let next = 0; next < 19; next += 1) to[at++] = next === 10 ? 0x54 : (from[start + next] as number);
    if (precision > 0) to[at++] = 0x2e;
    for (let digit = 0; digit < precision; digit += 1) to[at++] = digit < places ? (from[start + 20 + digit] as number) : 0x30;
    to[at++] = 0x5a;
    to[at++] = 0x22;
    out.at = at;
  };
}

/** A date and a time that are there as they stand, of the zone `+00` at `zone`. The 29th of February is left to others. */
function isInstant(from: Buffer, start: number, zone: number): boolean {
  if (zone - start < 19 || from[start + 10] !== 0x20 || from[zone] !== 0x2b || two(from, zone + 1) !== 0) return false;
  const month = two(from, start + 5);
  const day = two(from, start + 8);
  const there = month >= 1 && month <= 12 && day >= 1 && day <= (DAYS_OF_MONTH[month] as number);
  const timed = two(from, start + 11) < 24 && two(from, start + 14) < 60 && two(from, start + 17) < 60;
  return there && timed && !Number.isNaN(daysAt(from, start)) && !Number.isNaN(secondsAt(from, start + 11));
}
