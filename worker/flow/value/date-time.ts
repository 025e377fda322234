import { civilFromDays, daysFromCivil } from './calendar';
import { jsonString, type TextToJson } from './json-text';
import type { ValueModes } from './modes';

/**
 * Dates and times by `time.precision.mode`, from Postgres' ISO output (`2016-11-04 13:51:30.123456+02`, ` BC` at the end for years
 * before 1). Text that is not of this form (a user's own type of the same name) passes as a string.
 */
const DATE = /^(\d{4,})-(\d\d)-(\d\d)( BC)?$/;
const TIMESTAMP = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-]\d\d(?::\d\d){0,2})?( BC)?$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-]\d\d(?::\d\d){0,2})?$/;
const SECONDS_PER_DAY = 86_400;

/** Fractional digits of a number: of seconds in milli-, micro- and nanoseconds. */
type Digits = 3 | 6 | 9;

/** The encoders that depend on the mode; `precision` = declared fractional digits. timetz and timestamptz are ISO text in every mode. */
export interface TemporalEncoders {
  readonly date: TextToJson;
  readonly time: (precision: number) => TextToJson;
  readonly timestamp: (precision: number) => TextToJson;
}

/** Milliseconds where they hold every digit that is declared. */
const adaptive = (precision: number): Digits => (precision <= 3 ? 3 : 6);

/** Digits of the numbers that stand for times and timestamps, by their declared precision; null when they are text. */
export function temporalDigits(
  mode: ValueModes['timePrecisionMode'],
): { readonly time: (precision: number) => Digits; readonly timestamp: (precision: number) => Digits } | null {
  const always = (digits: Digits) => ({ time: () => digits, timestamp: () => digits });
  switch (mode) {
    case 'adaptive':
      return { time: adaptive, timestamp: adaptive };
    case 'adaptive_time_microseconds':
      return { time: () => 6, timestamp: adaptive };
    case 'connect':
      return always(3);
    case 'microseconds':
      return always(6);
    case 'nanoseconds':
      return always(9);
    case 'isostring':
      return null;
  }
}

export function temporal(mode: ValueModes['timePrecisionMode']): TemporalEncoders {
  const digits = temporalDigits(mode);
  if (digits === null) return { date: isoDate, time: () => isoTime, timestamp: () => isoTimestamp };
  return {
    date: epochDays,
    time: (precision) => timeNumber(digits.time(precision)),
    timestamp: (precision) => timestampNumber(digits.timestamp(precision)),
  };
}

/**
 * date → days since 1970-01-01 (int32). Infinity is what Postgres itself stores for it (the int32 limits);
 * Debezium writes days of the year −5877611 for both, which nobody can tell from a date.
 */
const epochDays: TextToJson = (text) => {
  const match = DATE.exec(text);
  if (match) return String(daysFromCivil(astronomical(match[1], match[4]), Number(match[2]), Number(match[3])));
  return infinite(text, '2147483647', '-2147483648');
};

/** `2016-11-04Z` (java.time ISO_OFFSET_DATE), infinity as Postgres says it. */
const isoDate: TextToJson = (text) => {
  const match = DATE.exec(text);
  return match ? `"${isoYear(astronomical(match[1], match[4]))}-${match[2]}-${match[3]}Z"` : jsonString(text);
};

/** Infinities of a timestamp as Debezium writes them: those of its driver, in nanoseconds the limits of int64. */
const INFINITE = {
  3: ['9223372036825200', '-9223372036832400'],
  6: ['9223372036825200000', '-9223372036832400000'],
  9: ['9223372036854775807', '-9223372036854775808'],
} as const;

/** timestamp → a number since the epoch. Digits that the number does not hold are cut off towards the past. */
function timestampNumber(digits: Digits): TextToJson {
  const [latest, earliest] = INFINITE[digits];
  return (text) => {
    const match = TIMESTAMP.exec(text);
    return match ? scaled(epochSeconds(match), match[7], digits) : infinite(text, latest, earliest);
  };
}

/** `2016-11-04T13:51:30.123456Z`, fraction without trailing zeros (java.time ISO_OFFSET_DATE_TIME), infinity as Postgres says it. */
const isoTimestamp: TextToJson = (text) => {
  const match = TIMESTAMP.exec(text);
  if (!match) return jsonString(text);
  return `"${isoYear(astronomical(match[1], match[9]))}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}${trimmed(match[7])}Z"`;
};

/** timestamp (taken as UTC) or timestamptz → microseconds since the epoch; null for the infinities and other text. */
export function epochMicroseconds(text: string): bigint | null {
  const match = TIMESTAMP.exec(text);
  return match ? BigInt(scaled(epochSeconds(match) - offsetSeconds(match[8]), match[7], 6)) : null;
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

/** time → a number since midnight; 24:00:00 is a value. */
function timeNumber(digits: Digits): TextToJson {
  return (text) => {
    const match = TIME.exec(text);
    return match ? scaled(daySeconds(match, 1), match[4], digits) : jsonString(text);
  };
}

/** `13:51:30.123456Z` (java.time ISO_OFFSET_TIME), 24:00:00 as midnight like timetz. */
const isoTime: TextToJson = (text) => timetz(text);

/** timetz → ISO time in UTC, fraction without trailing zeros (java.time ISO_OFFSET_TIME). */
export const timetz: TextToJson = (text) => {
  const match = TIME.exec(text);
  if (!match) return jsonString(text);
  // 24:00:00 is midnight: java.time, which reads these, has no other.
  const utc = daySeconds(match, 1) - offsetSeconds(match[5]);
  const seconds = ((utc % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;
  return `"${clock(seconds)}${trimmed(match[4])}Z"`;
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

/** `seconds` and a fraction as one integer: past the year 2255 a JS number would round microseconds. */
function scaled(seconds: number, fraction: string | undefined, digits: Digits): string {
  const padded = (fraction ?? '').padEnd(digits, '0').slice(0, digits);
  return seconds > 0 ? `${seconds}${padded}` : String(BigInt(seconds) * 10n ** BigInt(digits) + BigInt(padded));
}

/** A fraction as java.time prints it. */
function trimmed(fraction: string | undefined): string {
  const digits = (fraction ?? '').replace(/0+$/, '');
  return digits ? `.${digits}` : '';
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
