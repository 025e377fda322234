import { civilFromDays, daysFromCivil } from './calendar';
import { jsonString, type TextToJson } from './json-text';

/**
 * Dates and times as Debezium's `time.precision.mode=adaptive` writes them, from Postgres' ISO output
 * (`2016-11-04 13:51:30.123456+02`, ` BC` at the end for years before 1). Text that is not of this form
 * (a user's own type of the same name) passes as a string.
 */
const DATE = /^(\d{4,})-(\d\d)-(\d\d)( BC)?$/;
const TIMESTAMP = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-]\d\d(?::\d\d){0,2})?( BC)?$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-]\d\d(?::\d\d){0,2})?$/;
const SECONDS_PER_DAY = 86_400;

/**
 * date → days since 1970-01-01 (int32). Infinity is what Postgres itself stores for it (the int32 limits);
 * Debezium writes days of the year −5877611 for both, which nobody can tell from a date.
 */
export const date: TextToJson = (text) => {
  const match = DATE.exec(text);
  if (match) return String(daysFromCivil(astronomical(match[1], match[4]), Number(match[2]), Number(match[3])));
  return infinite(text, '2147483647', '-2147483648');
};

/** timestamp(p): milliseconds for p ≤ 3, else microseconds since the epoch. Infinity as Debezium writes it. */
export function timestamp(precision: number): TextToJson {
  const digits = precision <= 3 ? 3 : 6;
  const [latest, earliest] = digits === 3 ? ['9223372036825200', '-9223372036832400'] : ['9223372036825200000', '-9223372036832400000'];
  return (text) => {
    const match = TIMESTAMP.exec(text);
    return match ? scaled(epochSeconds(match), match[7], digits) : infinite(text, latest, earliest);
  };
}

/** timestamptz(p) → ISO 8601 in UTC with exactly p digits of fraction (6 when none is declared), `infinity` as it is. */
export function timestamptz(precision: number): TextToJson {
  return (text) => {
    const match = TIMESTAMP.exec(text);
    if (!match) return jsonString(text);
    const seconds = epochSeconds(match) - offsetSeconds(match[8]);
    const days = Math.floor(seconds / SECONDS_PER_DAY);
    const [year, month, day] = civilFromDays(days);
    const fraction = precision > 0 ? `.${(match[7] ?? '').padEnd(precision, '0').slice(0, precision)}` : '';
    return `"${isoYear(year)}-${two(month)}-${two(day)}T${clock(seconds - days * SECONDS_PER_DAY)}${fraction}Z"`;
  };
}

/** time(p): milliseconds for p ≤ 3, else microseconds since midnight; 24:00:00 is a value. */
export function time(precision: number): TextToJson {
  return (text) => {
    const match = TIME.exec(text);
    return match ? scaled(daySeconds(match, 1), match[4], precision <= 3 ? 3 : 6) : jsonString(text);
  };
}

/** timetz → ISO time in UTC, fraction without trailing zeros (java.time ISO_OFFSET_TIME). */
export const timetz: TextToJson = (text) => {
  const match = TIME.exec(text);
  if (!match) return jsonString(text);
  // 24:00:00 is midnight: java.time, which reads these, has no other.
  const utc = daySeconds(match, 1) - offsetSeconds(match[5]);
  const seconds = ((utc % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  const fraction = (match[4] ?? '').replace(/0+$/, '');
  return `"${clock(seconds)}${fraction ? `.${fraction}` : ''}Z"`;
};

const INTERVAL_PART = /([+-]?\d+) (year|mon|day)s?/g;
const INTERVAL_CLOCK = /([+-])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;
/** A month is 365.25 / 12 days (MicroDuration.DAYS_PER_MONTH_AVG), which is a whole number of microseconds. */
const MICROS = { year: 12n * 2_629_800_000_000n, mon: 2_629_800_000_000n, day: 86_400_000_000n } as const;

/** interval (intervalstyle postgres) → microseconds, Debezium's MicroDuration. */
export const interval: TextToJson = (text) => {
  let micros = 0n;
  let found = false;
  for (const [, count, unit] of text.matchAll(INTERVAL_PART)) {
    micros += BigInt(count ?? 0) * MICROS[unit as keyof typeof MICROS];
    found = true;
  }
  const match = INTERVAL_CLOCK.exec(text);
  if (match) {
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4]);
    const part = BigInt(seconds) * 1_000_000n + BigInt((match[5] ?? '').padEnd(6, '0'));
    micros += match[1] === '-' ? -part : part;
  }
  return found || match ? String(micros) : infinite(text, '9223372036854775807', '-9223372036854775808');
};

function infinite(text: string, latest: string, earliest: string): string {
  return text === 'infinity' ? latest : text === '-infinity' ? earliest : jsonString(text);
}

function astronomical(year: string | undefined, bc: string | undefined): number {
  return bc ? 1 - Number(year) : Number(year);
}

function epochSeconds(match: RegExpExecArray): number {
  const days = daysFromCivil(astronomical(match[1], match[9]), Number(match[2]), Number(match[3]));
  return days * SECONDS_PER_DAY + daySeconds(match, 4);
}

function daySeconds(match: RegExpExecArray, at: number): number {
  return Number(match[at]) * 3600 + Number(match[at + 1]) * 60 + Number(match[at + 2]);
}

function offsetSeconds(text: string | undefined): number {
  if (!text) return 0;
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(':').map(Number);
  const total = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith('-') ? -total : total;
}

/** `seconds` and a fraction as one integer of milli- or microseconds: past the year 2255 a JS number would round the latter. */
function scaled(seconds: number, fraction: string | undefined, digits: 3 | 6): string {
  const padded = (fraction ?? '').padEnd(digits, '0').slice(0, digits);
  return seconds > 0 ? `${seconds}${padded}` : String(BigInt(seconds) * 10n ** BigInt(digits) + BigInt(padded));
}

function clock(seconds: number): string {
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** java.time's ISO_LOCAL_DATE: at least four digits, a sign when there are more or the year is before 0. */
function isoYear(year: number): string {
  const digits = String(Math.abs(year)).padStart(4, '0');
  return year < 0 ? `-${digits}` : year > 9999 ? `+${digits}` : digits;
}
